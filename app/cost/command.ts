import { AsyncResource } from "node:async_hooks";
import { isObject, methodOf } from "./methods.ts";
import { addItems, endQuery, type OpenQuery } from "./query.ts";

/** A query of mysql2 on its way: with a callback, or an emitter of rows. */
export type Command = { sql: string; onResult?: unknown };

export function isCommand(value: unknown): value is Command {
  return (
    isObject(value) &&
    "sql" in value &&
    typeof value.sql === "string" &&
    methodOf(value, "emit") !== undefined
  );
}

/** The text of a query of mysql2; undefined where it is none, of which mysql2 says itself what is wrong. */
export function sqlOf(statement: unknown): string | undefined {
  if (typeof statement === "string") return statement;
  return isObject(statement) && "sql" in statement && typeof statement.sql === "string"
    ? statement.sql
    : undefined;
}

/** The same options with another text. The caller's own are left alone: they may be sent for another route next. */
export function statementWith(options: object, sql: string): object {
  // Named as mysql2 names them, since those of a class may be getters.
  return "values" in options ? { ...options, values: options.values, sql } : { ...options, sql };
}

/**
 * Books the rows of a command without a callback as it emits them. Whatever it tells its listeners, a stream among them,
 * it tells with the request that it is of.
 */
export function followCommand(command: object, open: OpenQuery | undefined): void {
  const emit = methodOf(command, "emit");
  if (emit === undefined) return;
  const scope = new AsyncResource("nary.command");
  Reflect.set(command, "emit", (event: unknown, ...args: unknown[]) => {
    if (open !== undefined) {
      // What an insert did comes as a result too, but has no number of its own.
      if (event === "result" && typeof args[1] === "number") addItems(open, 1);
      else if (event === "end" || event === "error") endQuery(open, 0);
    }
    return scope.runInAsyncScope(emit, command, event, ...args);
  });
}
