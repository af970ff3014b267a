import { hookOnce } from "../state.ts";
import { countError } from "./log-server-error.ts";

/** Counts what nobody has caught. What becomes of the process then is not changed. */
export function countStrayErrors(): void {
  if (!hookOnce(process)) return;
  let last: unknown;
  // A rejection without a handler of its own reaches this too, since Node makes an uncaught exception of it.
  process.on("uncaughtExceptionMonitor", (error) => {
    last = error;
    countError(error);
  });

  // Where the service has a handler for rejections, Node makes none of them. One of the kit alone would be such a handler,
  // and keep the process from its end.
  const onRejection = (reason: unknown) => {
    // With --unhandled-rejections=strict it has been one before.
    if (reason !== last || reason === undefined) countError(reason);
  };
  const follow = (name: unknown) => {
    if (name !== "unhandledRejection") return;
    const others = process.listeners("unhandledRejection").filter((listener) => listener !== onRejection);
    process.off("unhandledRejection", onRejection);
    if (others.length > 0) process.prependListener("unhandledRejection", onRejection);
  };
  process.on("removeListener", (name: unknown, listener: unknown) => {
    if (listener !== onRejection) follow(name);
  });
  process.on("newListener", (name: unknown, listener: unknown) => {
    // It is told of before it is there.
    if (listener !== onRejection)
      queueMicrotask(() => {
        follow(name);
      });
  });
  follow("unhandledRejection");
}
