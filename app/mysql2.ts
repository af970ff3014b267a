import { newDriver, type Driver, type DriverOptions } from "./cost/driver.ts";
import { followCommand, isCommand, sqlOf, statementWith } from "./cost/command.ts";
import { itemsOfMysql } from "./cost/items.ts";
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
import { endQuery, type OpenQuery } from "./cost/query.ts";

export type { DriverOptions } from "./cost/driver.ts";

/** The module mysql2, whose types have not all of its classes. `mysql2/promise` asks it, and has none of them. */
export type Mysql2Module = { createPool: unknown; createConnection: unknown };

/**
 * Books what the connections and pools of mysql2 send with the request that they send it for, also those of
 * `mysql2/promise`, and gives callbacks the request that they were given in. Once a process: a later call changes nothing.
 *
 * @throws TypeError when it gets something else than mysql2
 * @example import mysql2 from "mysql2"; instrumentMysql2(mysql2, { database: "mariadb" });
 */
export function instrumentMysql2(mysql2: Mysql2Module, options: DriverOptions = {}): void {
  const connection = prototypeOf(mysql2, "Connection");
  const pool = prototypeOf(mysql2, "Pool");
  if (methodOf(connection, "execute") === undefined || methodOf(pool, "getConnection") === undefined) {
    throw new TypeError(
      "instrumentMysql2 wants the module mysql2, with the classes Connection and Pool, also where a service uses " +
        'mysql2/promise: `import mysql2 from "mysql2"; instrumentMysql2(mysql2)`.',
    );
  }
  const driver = newDriver("mysql", options);
  wrapMethod(connection, "query", (original) => connectionQuery(original, driver));
  wrapMethod(connection, "execute", (original) => connectionExecute(original, driver));
  wrapMethod(connection, "prepare", (original) => connectionPrepare(original, driver));
  wrapMethod(pool, "query", (original) => poolQuery(original, driver));
  wrapMethod(pool, "execute", (original) => poolExecute(original, driver));
  wrapMethod(pool, "getConnection", poolGetConnection);
}

function prototypeOf(module: object, name: string): object {
  const found: unknown = Reflect.get(module, name);
  return isMethod(found) && isObject(found.prototype) ? found.prototype : {};
}

/** What a pool has booked and its connections are not to book again: commands, and the options of executions. */
const counted = new WeakSet<object>();

function connectionQuery(original: Method, driver: Driver): Method {
  return function query(...args) {
    const [command] = args;
    if (!isCommand(command)) return sendText(original, driver, this, args);
    if (counted.has(command)) return original.apply(this, args);
    // One that a cluster or `createQuery` made.
    const { sql, onResult } = command;
    const open = driver.begin(sql);
    command.sql = driver.comment(open, sql);
    if (isMethod(onResult)) command.onResult = ending(open, bound(onResult));
    else followCommand(command, open);
    return sending(open, () => original.apply(this, args));
  };
}

/**
 * Counts here, rather than when the pool has a connection for it: the wait is part of what the query takes, and only
 * here the stack says where it comes from.
 */
function poolQuery(original: Method, driver: Driver): Method {
  return function query(...args) {
    const command = sendText(original, driver, this, args);
    if (isCommand(command)) counted.add(command);
    return command;
  };
}

/** Sends a text or options; either with a callback, or to be listened to. */
function sendText(send: Method, driver: Driver, target: unknown, args: readonly unknown[]): unknown {
  const [statement, values, callback] = args;
  const sql = sqlOf(statement);
  if (sql === undefined) return send.apply(target, [...args]);
  const given = isMethod(values) ? values : callback;
  const open = driver.begin(sql);
  const text = driver.comment(open, sql);
  const sent = isObject(statement) ? statementWith(statement, text) : text;
  return sending(open, () => {
    if (isMethod(given)) return callWith(send, target, sent, values, ending(open, bound(given)));
    const command = send.call(target, sent, values);
    if (isCommand(command)) followCommand(command, open);
    return command;
  });
}

/** Without a comment: the text is what a connection knows its prepared statement by. */
function connectionExecute(original: Method, driver: Driver): Method {
  return function execute(...args) {
    const [statement, values, callback] = args;
    const sql = sqlOf(statement);
    if (sql === undefined || (isObject(statement) && counted.has(statement)))
      return original.apply(this, args);
    const given = isMethod(values) ? values : callback;
    const open = driver.begin(sql);
    return sending(open, () => {
      if (isMethod(given)) return callWith(original, this, statement, values, ending(open, bound(given)));
      const command = original.apply(this, args);
      if (isCommand(command)) followCommand(command, open);
      return command;
    });
  };
}

function poolExecute(original: Method, driver: Driver): Method {
  return function execute(...args) {
    const [statement, values, callback] = args;
    const sql = sqlOf(statement);
    const given = isMethod(values) ? values : callback;
    if (sql === undefined || !isMethod(given)) return original.apply(this, args);
    const open = driver.begin(sql);
    const sent = statementWith(isObject(statement) ? statement : {}, sql);
    counted.add(sent);
    return sending(open, () => callWith(original, this, sent, values, ending(open, bound(given))));
  };
}

/** A statement that was prepared by hand is executed by a method of its own, whose class is first met here. */
function connectionPrepare(original: Method, driver: Driver): Method {
  return function prepare(...args) {
    return original.apply(
      this,
      args.map((value) => {
        if (!isMethod(value)) return value;
        const callback = bound(value);
        return (error: unknown, statement: unknown) => {
          if (isObject(statement)) {
            wrapMethod(statement, "execute", (execute) => statementExecute(execute, driver));
          }
          return callback(error, statement);
        };
      }),
    );
  };
}

function statementExecute(original: Method, driver: Driver): Method {
  return function execute(...args) {
    const [parameters, callback] = args;
    const text = isObject(this) && "query" in this && typeof this.query === "string" ? this.query : undefined;
    const open = driver.begin(text);
    const given = isMethod(parameters) ? parameters : callback;
    return sending(open, () => {
      if (isMethod(given)) {
        return original.call(this, isMethod(parameters) ? [] : parameters, ending(open, bound(given)));
      }
      const command = original.apply(this, args);
      if (isCommand(command)) followCommand(command, open);
      return command;
    });
  };
}

function poolGetConnection(original: Method): Method {
  return function getConnection(...args) {
    return original.apply(this, withBoundCallback(args));
  };
}

function callWith(send: Method, target: unknown, statement: unknown, values: unknown, done: Method): unknown {
  return isMethod(values) ? send.call(target, statement, done) : send.call(target, statement, values, done);
}

function ending(open: OpenQuery | undefined, done: Method): Method {
  if (open === undefined) return done;
  return (error, rows, fields) => {
    endQuery(open, error ? 0 : itemsOfMysql(rows, fields));
    return done(error, rows, fields);
  };
}
