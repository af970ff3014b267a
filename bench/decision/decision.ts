import { setImmediate } from "node:timers/promises";
import type { Say } from "../../demo/say.ts";
import { policy as policySchema, type Baseline } from "../../settings/policy.ts";
import type { Found } from "../main.ts";
import { misses } from "./goals.ts";
import { nary } from "./nary.ts";
import { withNotes } from "./notes.ts";
import { peers } from "./peers/peers.ts";
import { releases, scenarioOf } from "./releases.ts";
import { lineOf, rowOf, type Row } from "./rows.ts";
import { simulate } from "./simulate.ts";
import { truthOf } from "./truth.ts";

type Options = { runs: number; signal: AbortSignal; say: Say };

/** Every policy on every release, so many times each; good when nary:baseline keeps what it promises. */
export async function runDecision({ runs, signal, say }: Options): Promise<Found> {
  const limits = usualBaseline();
  const { alpha, beta, margin, bound } = limits;
  const rows: Row[] = [];
  const missed: string[] = [];
  for (const policy of [...nary, ...peers]) {
    say(`${policy.name}: ${policy.query}`);
    const own: Row[] = [];
    for (const release of releases) {
      // Lets a signal through.
      await setImmediate();
      signal.throwIfAborted();
      const truth = truthOf(scenarioOf(release, policy), { margin, errorRate: bound.errorRate });
      const row = rowOf(policy, release, truth, runs, simulate(policy, release, runs));
      own.push(row);
      if (policy.kind === "baseline") missed.push(...misses(row, release, limits));
    }
    rows.push(...withNotes(own, limits));
  }
  for (const sentence of missed) say(sentence);
  return {
    object: { rows, alpha, beta, confidence: bound.confidence },
    lines: rows.map(lineOf),
    ok: missed.length === 0,
  };
}

/** What nary:baseline is unless anything is given. */
function usualBaseline(): Baseline {
  const usual = policySchema.parse({ type: "baseline" });
  if (usual.type !== "baseline") throw new TypeError("The settings gave another policy than was asked for.");
  return usual;
}
