import type { GateSettings } from "../../settings/schema.ts";
import type { Rule } from "../decide/verdict.ts";

/** Whether a canary on which nothing could be decided stays up; not one that a newer one replaces, or that is no more. */
export function isKept({ onInconclusive }: Pick<GateSettings, "onInconclusive">, rule: Rule): boolean {
  return onInconclusive === "keep" && rule !== "superseded" && rule !== "stopped";
}

/** How a release ended whose canary stays up, and how to go on. */
export const keptWhy = (why: string, job: string, stack: string): string =>
  `${why}. The canary ${job} stays up, without traffic (nary:gate.onInconclusive is keep). ` +
  `Go on with: nary gate -s ${stack}, or take it away with: nary reject -s ${stack}`;
