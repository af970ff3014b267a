import type { Counted, Proof } from "../decide/verdict.ts";
import { many, percent, rate } from "../decide/words.ts";
import type { VerdictEvent } from "./events.ts";

/** A verdict for people: what was decided and why, what it proves, what it rests on, and what was not known. */
export function verdictLines({ verdict, why, rule, proves, evidence }: VerdictEvent): string {
  const { canary, other, clientErrors, allowed, unknown, seconds } = evidence;
  return [
    `${verdict}: ${why}`,
    `  decided by   ${rule}, after ${Math.round(seconds)} s with traffic`,
    ...proves.map((proof) => `  proved       ${sentenceOf(proof)}`),
    `  canary       ${counted(canary)}`,
    ...(other === null ? [] : [`  compared     ${counted(other)}`]),
    clientErrors === null
      ? "  clients      no HAProxy could be asked how many failed answers of canaries they got"
      : `  clients      got ${many(clientErrors, "failed answer")} from canaries`,
    ...allowed.map(
      ({ fingerprint, errors, reason }) =>
        `  allowed      ${many(errors, "error")} with the fingerprint ${fingerprint}: ${reason}`,
    ),
    ...unknown.map((sentence) => `  not known    ${sentence}`),
  ].join("\n");
}

/** What was proved, for people. */
export function sentenceOf(proof: Proof): string {
  switch (proof.type) {
    case "rate":
      return `error rate ≤ ${rate(proof.errorRate)} with ${percent(proof.confidence)} confidence`;
    case "ratio":
      return `fails less than ${proof.margin} times as often, with ${percent(proof.confidence)} confidence`;
  }
}

const counted = ({ requests, failed, errors }: Counted) =>
  `${many(requests, "request")}, ${failed} failed, ${many(errors, "error")}`;
