import { join } from "node:path";
import { stacks } from "../../demo/pulumi.ts";
import { writeExecutable } from "../../demo/releases.ts";
import { runStep } from "../../demo/run.ts";
import type { Say } from "../../demo/say.ts";
import { writeScript } from "../../demo/script.ts";
import { waitForService } from "../../demo/site.ts";
import { startTraffic } from "../../demo/traffic/start.ts";
import type { Found } from "../main.ts";
import { inSite, type Place } from "../site.ts";
import { articleRounds } from "./article/rounds.ts";
import { figures } from "./figures.ts";
import { shortRounds } from "./short.ts";
import { wholeRounds } from "./whole.ts";

/** So that a canary that may get requests gets one every few milliseconds. */
const requestsPerSecond = 600;

type Options = { rounds: number; signal: AbortSignal; say: Say };

/** A canary fails one response at any time; measured is when the last request came to any of the canaries. */
export function runTrafficOff(options: Options): Promise<Found> {
  return inSite({ ...options, also: ["consul-template"] }, (place) => measure(options, place));
}

async function measure({ rounds, signal, say }: Options, place: Place): Promise<Found> {
  const { folder, site } = place;
  const part = (share: number) => Math.max(1, Math.ceil(rounds * share));
  const release = await canary(folder, "streamed", { QUARANTINE: "on", DRAIN_SECONDS: "0" });
  const ours = await underTraffic(place, say, signal, async () => {
    say(`${rounds} rounds of the gate's own code, with streams`);
    const nary = await shortRounds({ rounds, release, signal, say }, place);
    say(`${part(0.2)} rounds of it, with polls`);
    const polling = await canary(folder, "polled", {
      QUARANTINE: "on",
      DRAIN_SECONDS: "0",
      COUNTS: "polled",
    });
    const polled = await shortRounds({ rounds: part(0.2), release: polling, signal, say }, place);
    say(`${part(0.05)} whole releases`);
    const draining = await canary(folder, "whole", { QUARANTINE: "on" });
    const whole = await wholeRounds({ rounds: part(0.05), release: draining, signal, say }, place);
    return { nary, polled, whole };
  });
  say(`${part(0.1)} rounds of the article's set-up`);
  const graceful = await canary(folder, "article", { DRAIN_SECONDS: "5" });
  await runStep("nomad", ["job", "stop", "-purge", "api-haproxy"], site.surroundings);
  const article = await articleRounds({ rounds: part(0.1), release: graceful, signal, say }, place);
  return figures({ ...ours, article });
}

/** A release of the service whose instances the bench works with. Resolves to its path. */
async function canary(folder: string, name: string, variables: Record<string, string>): Promise<string> {
  const path = join(folder, "releases", name, "api");
  await writeScript(path, variables, [process.execPath, join(import.meta.dirname, "canary.ts")]);
  return path;
}

/** Works beside production with HAProxy in front, while clients ask. */
async function underTraffic<Result>(
  { folder, site: { surroundings, url } }: Place,
  say: Say,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  say("production, with four instances and HAProxy in front");
  const first = await writeExecutable(folder, "first", "");
  await runStep("nary", ["release", first, "--first", "-s", stacks.canary], surroundings);
  await waitForService(url, signal);
  say(`${requestsPerSecond} requests a second through HAProxy at ${url}`);
  const traffic = startTraffic(url, requestsPerSecond, surroundings.environment);
  try {
    return await work();
  } finally {
    await traffic.stop();
  }
}
