import { setTimeout as sleep } from "node:timers/promises";
import { DemoError } from "../../demo/errors.ts";
import { stacks } from "../../demo/pulumi.ts";
import { runCommand } from "../../demo/run.ts";
import { untilGone, untilHealthy } from "../instances.ts";
import type { Place } from "../site.ts";
import type { Rounds } from "./short.ts";
import { failNext, untilAllHaveTraffic, untilSilence } from "./times.ts";

/** As in the canary's stack file. */
const count = 3;
const spreadMs = 1_000;
const rejected = 1;

/** Rounds as a user has them, each a `nary release` from its beginning to its end. Resolves to the milliseconds. */
export async function wholeRounds(
  { rounds, release, signal, say }: Rounds,
  { cluster, site }: Place,
): Promise<number[]> {
  const where = { ...cluster, job: "api-canary", signal };
  const took: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    const released = runCommand("nary", ["release", release, "-s", stacks.canary], site.surroundings, {
      to: "caller",
    }).finally(() => {
      // Whoever still waits for a canary waits in vain.
      over.abort(new DemoError("step", "`nary release` ended before a canary had failed."));
    });
    const failing = (async () => {
      const ports = await untilHealthy(count, { ...where, signal: either });
      await untilAllHaveTraffic(ports, either);
      await sleep((spreadMs * (round + 0.5)) / rounds);
      const port = ports[round % ports.length];
      if (port !== undefined) await failNext(port);
      return await untilSilence(ports, signal);
    })();
    const [ended, failed] = await Promise.allSettled([released, failing]);
    signal.throwIfAborted();
    if (ended.status === "rejected") throw ended.reason;
    const { exitCode, output } = ended.value;
    if (exitCode !== rejected) {
      throw new DemoError("step", `\`nary release\` ended with exit status ${exitCode} and said:\n${output}`);
    }
    if (failed.status === "rejected") throw failed.reason;
    took.push(failed.value);
    await untilGone(where);
    say(`${round + 1} of ${rounds} whole releases`);
  }
  return took;
}
