import { costLogOf } from "./cost-log.ts";
import { lastVerdict } from "./history.ts";
import { stacks } from "./pulumi.ts";
import type { Result } from "./report.ts";
import { runCommand, type Surroundings } from "./run.ts";
import type { Say } from "./say.ts";
import type { Traffic } from "./traffic/start.ts";

export type Round = {
  name: string;
  /** What `nary release` is given: an image, or the path of an executable. */
  image: string;
  consulAddress: string;
  traffic: Traffic;
  surroundings: Surroundings;
  say: Say;
  /** Where the command's own output goes. */
  to: 1 | 2;
};

/** Releases as a user does, and finds out what that meant for the clients. */
export async function releaseRound(round: Round): Promise<Result> {
  const { name, image, consulAddress, traffic, surroundings, say, to } = round;
  const args = ["release", image, "-s", stacks.canary];
  say(`$ nary ${args.join(" ")}`);
  await traffic.nextWindow();
  const start = performance.now();
  const { exitCode } = await runCommand("nary", args, surroundings, { to });
  const seconds = Math.round((performance.now() - start) / 100) / 10;
  const { clientErrors, lost, failures } = await traffic.nextWindow();
  failures.forEach(say);
  const past = await lastVerdict(consulAddress, image);
  // Where gates keep their evidence.
  const records = surroundings.environment["XDG_STATE_HOME"];
  return {
    name,
    verdict: past?.verdict ?? "none",
    why: past?.why ?? "the gate came to no verdict",
    exitCode,
    requestsWatched: past?.requests ?? 0,
    seconds,
    clientErrors,
    lostRequests: lost,
    costLog: records === undefined ? undefined : await costLogOf(image, records),
  };
}
