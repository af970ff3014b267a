import { AsyncResource } from "node:async_hooks";
import { hookOnce } from "../state.ts";
import { endQuery, type OpenQuery } from "./query.ts";

/** A method or a callback of a driver, of which no more is known than that it can be called. */
export type Method = (this: unknown, ...args: unknown[]) => unknown;

export function isMethod(value: unknown): value is Method {
  return typeof value === "function";
}

export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Of an object; undefined where it has no such method. */
export function methodOf(target: object, name: string): Method | undefined {
  const found: unknown = Reflect.get(target, name);
  return isMethod(found) ? found : undefined;
}

/**
 * Puts another method in the place of one, once, wherever in the chain of prototypes it stands, so that each class with
 * it has it.
 *
 * @returns whether there is such a method
 */
export function wrapMethod(prototype: object, name: string, wrap: (original: Method) => Method): boolean {
  for (let owner: object | null = prototype; owner !== null; owner = Reflect.getPrototypeOf(owner)) {
    if (!Object.hasOwn(owner, name)) continue;
    const original = methodOf(owner, name);
    if (original === undefined) return false;
    if (!hookOnce(original)) return true;
    const wrapped = wrap(original);
    hookOnce(wrapped);
    Object.defineProperty(owner, name, {
      value: wrapped,
      writable: true,
      configurable: true,
      enumerable: false,
    });
    return true;
  }
  return false;
}

/** A callback that runs with the request that it was given in, whoever calls it: drivers call it from their sockets. */
export function bound(callback: Method): Method {
  const scope = new AsyncResource("nary.callback");
  return (...args) => scope.runInAsyncScope(callback, undefined, ...args);
}

/** The arguments of a call with its last callback bound, for methods that need nothing else. */
export function withBoundCallback(args: readonly unknown[]): unknown[] {
  return args.map((value) => (isMethod(value) ? bound(value) : value));
}

/** Calls what sends a query. Where it throws instead, the query is over. */
export function sending<Sent>(open: OpenQuery | undefined, send: () => Sent): Sent {
  try {
    return send();
  } catch (error) {
    if (open !== undefined) endQuery(open, 0);
    throw error;
  }
}
