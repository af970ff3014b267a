import { AsyncResource } from "node:async_hooks";
import { isMethod, isObject, methodOf, withBoundCallback } from "./methods.ts";
import { addItems, endQuery, type OpenQuery } from "./query.ts";

/** What pg calls on a query that submits itself, for what the server says, besides its rows. */
const handlers = [
  "handleRowDescription",
  "handlePortalSuspended",
  "handleCommandComplete",
  "handleEmptyQuery",
  "handleReadyForQuery",
  "handleError",
] as const;

/** A query that pg lets submit itself: one of its own, a cursor, a query stream. */
export function isSubmittable(value: unknown): boolean {
  return isObject(value) && methodOf(value, "submit") !== undefined;
}

/**
 * Books the rows of a query that submits itself as they come, since a cursor may be read over a long time and never to
 * its end. Whatever the query tells its listeners, and those who read it, it tells with the request that it is of.
 */
export function followSubmittable(query: object, open: OpenQuery | undefined): void {
  const scope = new AsyncResource("nary.query");
  let rows = 0;
  const book = (name: (typeof handlers)[number]) => {
    if (open === undefined) return;
    if (rows > 0) addItems(open, rows);
    rows = 0;
    if (name === "handleReadyForQuery" || name === "handleError") endQuery(open, 0);
  };
  for (const name of handlers) {
    const original = methodOf(query, name);
    if (original === undefined) continue;
    Reflect.set(query, name, (...args: unknown[]) => {
      book(name);
      return scope.runInAsyncScope(original, query, ...args);
    });
  }
  const onRow = methodOf(query, "handleDataRow");
  if (onRow !== undefined) {
    Reflect.set(query, "handleDataRow", (...args: unknown[]) => {
      rows += 1;
      // Nobody but a listener of the row itself runs now, and there are many rows.
      return hasRowListener(query) ? scope.runInAsyncScope(onRow, query, ...args) : onRow.apply(query, args);
    });
  }
  bindReads(query);
  if ("cursor" in query && isObject(query.cursor)) bindReads(query.cursor);
}

function hasRowListener(query: object): boolean {
  const count = methodOf(query, "listenerCount");
  return count === undefined || count.call(query, "row") !== 0;
}

/** Of a cursor; a query stream reads by one. */
function bindReads(cursor: object): void {
  if (methodOf(cursor, "submit") === undefined || methodOf(cursor, "_read") !== undefined) return;
  for (const name of ["read", "close"]) {
    const original = methodOf(cursor, name);
    if (!isMethod(original)) continue;
    Reflect.set(cursor, name, (...args: unknown[]) => original.apply(cursor, withBoundCallback(args)));
  }
}
