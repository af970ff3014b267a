import { setTimeout as sleep } from "node:timers/promises";
import { DemoError } from "../../demo/errors.ts";
import { stacks } from "../../demo/pulumi.ts";
import { writeExecutable } from "../../demo/releases.ts";
import { runCommand, runStep, type Surroundings } from "../../demo/run.ts";
import type { Say } from "../../demo/say.ts";
import { waitForService } from "../../demo/site.ts";
import { startTraffic } from "../../demo/traffic/start.ts";
import type { Found } from "../main.ts";
import { inSite, type Place } from "../site.ts";
import { figures } from "./figures.ts";

/** Above the 1,000 that are wanted, since a pause of the machine is not made up for. */
const requestsPerSecond = 1_050;
/** As in the stacks' files. */
const share = 3 / (3 + 4);
/** In which new processes get warm, and for which nothing is measured. */
const warmMs = 5_000;
const longestBeforeMs = 60_000;

type Options = { requests: number; signal: AbortSignal; say: Say };

/** A good release from its canary to the end of the roll-out and of the canary, seen by clients. */
export function runZeroDrop(options: Options): Promise<Found> {
  return inSite(options, (place) => measure(options, place));
}

async function measure(options: Options, { folder, site }: Place): Promise<Found> {
  const { requests: goal, signal, say } = options;
  const { surroundings, url } = site;
  await setGoal(goal, surroundings);
  say("production, with four instances and HAProxy in front");
  const first = await writeExecutable(folder, "first", "");
  const next = await writeExecutable(folder, "next", "");
  await runStep("nary", ["release", first, "--first", "-s", stacks.canary], surroundings);
  await waitForService(url, signal);
  const traffic = startTraffic(url, requestsPerSecond, surroundings.environment);
  try {
    const beforeMs = Math.min(longestBeforeMs, Math.max(warmMs, goal));
    say(
      `${requestsPerSecond} requests a second through HAProxy at ${url}: ${beforeMs / 1000} s without a release`,
    );
    await sleep(warmMs, undefined, { signal });
    await traffic.nextWindow();
    await sleep(beforeMs, undefined, { signal });
    const { p99Ms: p99BeforeMs } = await traffic.nextWindow();
    say(`a good release, for which ${goal} requests at the canaries are watched`);
    const start = performance.now();
    await release(next, surroundings);
    const seconds = (performance.now() - start) / 1000;
    const { total, clientErrors, lost, failures, p99Ms } = await traffic.nextWindow();
    say(`${clientErrors} answers with an error of the server, ${lost} requests without an answer`);
    failures.forEach(say);
    return figures({
      requests: total,
      lost: lost + clientErrors,
      p99BeforeMs,
      p99DuringMs: p99Ms,
      seconds,
      goal,
      share,
    });
  } finally {
    await traffic.stop();
  }
}

async function setGoal(requests: number, surroundings: Surroundings): Promise<void> {
  const config = (...words: string[]) =>
    runStep("pulumi", ["config", ...words, "--stack", stacks.canary, "--path"], surroundings);
  await config("rm", "nary:policy.errorRate");
  await config("rm", "nary:policy.confidence");
  await config("set", "nary:policy.requests", String(requests));
  // Of a busy machine; the watch ends with its goal.
  await config("set", "nary:gate.limitSeconds", "3600");
}

/** In practice the gate has another machine than those that serve: here it has one core at most, and yields on it. */
async function release(path: string, surroundings: Surroundings): Promise<void> {
  const args = ["-c", "0", "nice", "-n", "10", "nary", "release", path, "-s", stacks.canary];
  const { exitCode, output } = await runCommand("taskset", args, surroundings, { to: "caller" });
  if (exitCode !== 0) {
    throw new DemoError("step", `\`nary release\` ended with exit status ${exitCode} and said:\n${output}`);
  }
}
