import { newDriver, type Driver, type DriverOptions } from "./cost/driver.ts";
import { itemsOfPg } from "./cost/items.ts";
import {
  bound,
  isMethod,
  isObject,
  methodOf,
  sending,
  withBoundCallback,
  wrapMethod,
  type Method,
} from "./cost/methods.ts";
import { promised } from "./cost/promised.ts";
import { endQuery, type OpenQuery } from "./cost/query.ts";
import { readStatement, statementWith } from "./cost/statement.ts";
import { followSubmittable, isSubmittable } from "./cost/submittable.ts";

export type { DriverOptions } from "./cost/driver.ts";

/** The module pg, or its classes alone; pg-pool's `Pool` will do. */
export type PgModule = { Client?: { prototype: object }; Pool?: { prototype: object } };

/**
 * Books what the clients and pools of pg send with the request that they send it for, and gives callbacks the request
 * that they were given in. Once a process: a later call changes nothing.
 *
 * @throws TypeError when it gets something else than pg
 * @example import pg from "pg"; instrumentPg(pg);
 */
export function instrumentPg(pg: PgModule, options: DriverOptions = {}): void {
  const driver = newDriver("postgres", options);
  const { Client, Pool } = pg;
  const known = [
    Client !== undefined &&
      wrapMethod(Client.prototype, "query", (original) => clientQuery(original, driver)),
    Pool !== undefined && wrapMethod(Pool.prototype, "query", (original) => poolQuery(original, driver)),
    Pool !== undefined && wrapMethod(Pool.prototype, "connect", poolConnect),
  ];
  if (known.includes(true)) return;
  throw new TypeError(
    "instrumentPg wants the module pg, with a class Client or Pool that has a method query: " +
      '`import pg from "pg"; instrumentPg(pg)`.',
  );
}

/**
 * A pool's query asks for a client, at once or later, and sends on it what the pool has counted: both are known by
 * being called inside of each other.
 */
let isPoolAsking = false;
let isPoolSending = false;

function clientQuery(original: Method, driver: Driver): Method {
  return function query(...args) {
    if (isPoolSending) {
      isPoolSending = false;
      return original.apply(this, args);
    }
    const [config, values, callback] = args;
    if (isSubmittable(config)) return submit(original, driver, this, args);
    const statement = readStatement(config);
    if (statement === undefined) return original.apply(this, args);
    const given = callback ?? (isMethod(values) ? values : statement.callback);
    // Of anything else pg says itself what is wrong with it.
    if (given !== undefined && given !== null && !isMethod(given)) return original.apply(this, args);
    const open = driver.begin(statement.text);
    const sent = commented(driver, open, config, statement);
    const parameters = isMethod(values) ? undefined : values;
    if (isMethod(given)) {
      const done = ending(open, bound(given));
      return sending(open, () => original.call(this, sent, parameters, done));
    }
    if (open === undefined) return original.apply(this, args);
    return promised(propertyOf(this, "_Promise"), (done) => {
      sending(open, () => original.call(this, sent, parameters, ending(open, done)));
    });
  };
}

/**
 * Counts here, rather than when the pool has a client for it: the wait is part of what the query takes, and only here
 * the stack says where it comes from.
 */
function poolQuery(original: Method, driver: Driver): Method {
  return function query(...args) {
    const [config, values, callback] = args;
    const statement = isSubmittable(config) ? undefined : readStatement(config);
    if (statement === undefined) return original.apply(this, args);
    const given = isMethod(values) ? values : callback;
    const open = driver.begin(statement.text);
    const sent = commented(driver, open, config, statement);
    const parameters = isMethod(values) ? undefined : values;
    const send = (done: Method) =>
      sending(open, () => {
        isPoolAsking = true;
        try {
          return original.call(this, sent, parameters, ending(open, done));
        } finally {
          isPoolAsking = false;
        }
      });
    return isMethod(given) ? send(bound(given)) : promised(propertyOf(this, "Promise"), send);
  };
}

function poolConnect(original: Method): Method {
  return function connect(...args) {
    if (!isPoolAsking) return original.apply(this, withBoundCallback(args));
    isPoolAsking = false;
    return original.apply(
      this,
      args.map((value) => (isMethod(value) ? poolSending(value) : value)),
    );
  };
}

/** What a pool does with its client for a query that is counted; whose it is, the query knows. */
function poolSending(callback: Method): Method {
  return function withClient(...args) {
    const [error] = args;
    // Without a client nothing is sent but what the service does then.
    isPoolSending = !error;
    try {
      return callback.apply(this, args);
    } finally {
      isPoolSending = false;
    }
  };
}

function submit(original: Method, driver: Driver, client: unknown, args: readonly unknown[]): unknown {
  const [query] = args;
  if (!isObject(query)) return original.apply(client, [...args]);
  const holder = textHolder(query);
  const text = propertyOf(holder, "text");
  const open = driver.begin(typeof text === "string" ? text : undefined);
  if (typeof text === "string" && !propertyOf(query, "name")) {
    Reflect.set(holder, "text", driver.comment(open, text));
  }
  followSubmittable(query, open);
  return sending(open, () => original.apply(client, [...args]));
}

/** A query stream has the text in its cursor. */
function textHolder(query: object): object {
  const cursor = propertyOf(query, "cursor");
  return isObject(cursor) && methodOf(cursor, "submit") !== undefined ? cursor : query;
}

type Statement = NonNullable<ReturnType<typeof readStatement>>;

function commented(
  driver: Driver,
  open: OpenQuery | undefined,
  config: unknown,
  statement: Statement,
): unknown {
  const text = commentedText(driver, open, statement);
  return text === undefined || text === statement.text ? config : statementWith(config, text);
}

/** A named statement has the same text whichever route prepares it: the server refuses another one by its name. */
function commentedText(
  driver: Driver,
  open: OpenQuery | undefined,
  { text, isNamed }: Statement,
): string | undefined {
  return text === undefined || isNamed ? text : driver.comment(open, text);
}

function ending(open: OpenQuery | undefined, done: Method): Method {
  if (open === undefined) return done;
  return (error, result) => {
    endQuery(open, error ? 0 : itemsOfPg(result));
    return done(error, result);
  };
}

function propertyOf(target: unknown, name: string): unknown {
  if (!isObject(target)) return undefined;
  const found: unknown = Reflect.get(target, name);
  return found;
}
