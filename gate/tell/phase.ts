import type { Event } from "./events.ts";

/** What a command is about, in the order in which a release goes through them. */
export const phases = ["preparing", "starting", "watching", "promoting", "removing", "ended"] as const;
export type Phase = (typeof phases)[number];

/** The phase that a command is in after an event. */
export function phaseAfter(before: Phase, event: Event): Phase {
  if (event.event === "pulumi-start" && event.operation === "destroy") return "removing";
  // After what a killed gate had begun was carried out, a release begins with its canary.
  if (event.event === "pulumi-start" && before === "removing" && isOfCanary(event.stack)) return "starting";
  if (event.event === "pulumi-start") return before === "preparing" ? "starting" : before;
  if (event.event === "watching") return "starting";
  if (event.event === "traffic" && event.state === "on") return "watching";
  if (event.event === "traffic") return before === "watching" || before === "promoting" ? "removing" : before;
  if (event.event === "verdict") return event.verdict === "promote" ? "promoting" : "removing";
  return event.event === "end" ? "ended" : before;
}

const isOfCanary = (stack: string) => /(?:^|[-/])canary$/.test(stack);
