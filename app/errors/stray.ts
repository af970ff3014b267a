import { hookOnce } from "../state.ts";
import { countError } from "./log-server-error.ts";

/** Counts what nobody has caught. What becomes of the process then is not changed. */
export function countStrayErrors(): void {
  if (!hookOnce(process)) return;
  // A rejection without a handler of its own reaches this too, since Node makes an uncaught exception of it.
  process.on("uncaughtExceptionMonitor", (error) => {
    countError(error);
  });
}
