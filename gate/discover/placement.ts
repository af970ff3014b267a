import type { Evaluation, PlacementFailure } from "../clients/nomad-answers.ts";

/** Why Nomad could not place all instances, one sentence a group; empty when the newest attempt could. */
export function placementFailures(evaluations: readonly Evaluation[]): string[] {
  // A blocked evaluation waits for room; the one that it waits for carries the reasons.
  const newest = evaluations
    .filter((evaluation) => evaluation.status !== "canceled" && evaluation.status !== "pending")
    .sort((one, other) => other.index - one.index)
    .find((evaluation) => evaluation.status === "complete" || evaluation.failures.length > 0);
  return (newest?.failures ?? []).map(sentenceOf);
}

/** Why a group cannot be placed. */
export function sentenceOf(failure: PlacementFailure): string {
  const reasons = failure.reasons.length > 0 ? `: ${failure.reasons.join(", ")}` : "";
  const nodes = `${failure.evaluated} evaluated, ${failure.filtered} filtered, ${failure.exhausted} exhausted`;
  return `the group ${failure.group} cannot be placed (clients: ${nodes})${reasons}`;
}
