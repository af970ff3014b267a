import { join } from "node:path";
import type { Say } from "../../demo/say.ts";
import { withChildren } from "../children.ts";
import type { Found } from "../main.ts";
import { figures } from "./figures.ts";
import { ports, took, type Mode } from "./messages.ts";

/** Between two looks of both gates. */
const intervalMs = 1000;
/** Releases that are watched at the same time, each by itself. */
const most = 20;

type Options = { rounds: number; signal: AbortSignal; say: Say };

/** Responses fail at any time; of each it is measured how long the verdict takes. */
export async function runDetection({ rounds, signal, say }: Options): Promise<Found> {
  const measure = async (mode: Mode, wanted: number) => {
    const count = Math.min(most, wanted);
    const each = Math.ceil(wanted / count);
    say(`${mode}: ${count * each} failed responses at ${count} services`);
    return await withChildren(signal, async (ask) => {
      const services = { count, streams: mode === "streamed" };
      const started = await ask(join(import.meta.dirname, "services.ts"), services, ports);
      const wish = { mode, intervalMs, rounds: each, ports: started };
      return await ask(join(import.meta.dirname, "gates.ts"), wish, took);
    });
  };
  return figures({
    streamed: await measure("streamed", rounds),
    polled: await measure("polled", rounds),
    article: await measure("article", Math.ceil(rounds / 10)),
    intervalMs,
  });
}
