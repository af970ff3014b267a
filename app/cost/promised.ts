import type { Method } from "./methods.ts";

/**
 * A promise in the place of the one that pg would make of a query, settled by a callback; as pg's, it gives an error the
 * stack of whoever awaits it. Listening to pg's own would hide from the process that nobody handles its rejection.
 *
 * @param implementation - the client's or the pool's class of promises
 */
export function promised(implementation: unknown, send: (done: Method) => void): Promise<unknown> {
  const Implementation = isPromiseClass(implementation) ? implementation : Promise;
  let done: Method | undefined;
  const promise = new Implementation((resolve, reject) => {
    done = (error, result) => {
      if (error) reject(error instanceof Error ? error : new Error("pg failed", { cause: error }));
      else resolve(result);
    };
  });
  if (done !== undefined) send(done);
  return promise.catch((error: unknown) => {
    if (error instanceof Error) Error.captureStackTrace(error);
    throw error;
  });
}

function isPromiseClass(value: unknown): value is PromiseConstructor {
  return typeof value === "function";
}
