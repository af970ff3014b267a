import { stacks } from "../../demo/pulumi.ts";
import { writeExecutable } from "../../demo/releases.ts";
import { runStep } from "../../demo/run.ts";
import type { Say } from "../../demo/say.ts";
import { waitForService } from "../../demo/site.ts";
import { startTraffic } from "../../demo/traffic/start.ts";
import type { Found } from "../main.ts";
import { inSite, type Place } from "../site.ts";
import { makeChanges } from "./changes.ts";
import { doubtOf, figures } from "./figures.ts";

/** Above what is wanted, since a pause of the machine is not made up for. */
const requestsPerSecond = 2_200;
const service = "api";

type Options = { seconds: number; signal: AbortSignal; say: Say };

/** Production on a cluster of its own, as a user brings it up; then instances come and go beside Nomad's. */
export function runReload(options: Options): Promise<Found> {
  return inSite(options, (place) => measure(options, place));
}

async function measure({ seconds, signal, say }: Options, { folder, cluster, site }: Place): Promise<Found> {
  const { surroundings, url, statsUrl } = site;
  say("production, with two instances and HAProxy in front");
  await runStep("pulumi", ["config", "set", "nary:count", "2", "--stack", stacks.production], surroundings);
  const release = await writeExecutable(folder, "first", "");
  await runStep("nary", ["release", release, "--first", "-s", stacks.canary], surroundings);
  await waitForService(url, signal);
  say(`${requestsPerSecond} requests a second through HAProxy at ${url} for ${seconds} s`);
  const traffic = startTraffic(url, requestsPerSecond, surroundings.environment);
  try {
    const start = performance.now();
    const { consulAddress } = cluster;
    const changes = await makeChanges(seconds, { consulAddress, service, statsUrl, signal });
    const measured = (performance.now() - start) / 1000;
    const { total, clientErrors, lost, failures } = await traffic.nextWindow();
    say(`${clientErrors} answers with an error of the server, ${lost} requests without an answer`);
    failures.forEach(say);
    const all = { changes, seconds: measured, requests: total, failed: clientErrors + lost };
    const doubt = doubtOf(all);
    if (doubt !== undefined) say(doubt);
    return figures(all);
  } finally {
    await traffic.stop();
  }
}
