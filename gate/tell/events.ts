import type { Traffic } from "../../settings/traffic.ts";
import type { Evidence, Proof, Rule } from "../decide/verdict.ts";
import type { FaultKind } from "../decide/observation.ts";
import type { Verb } from "../../settings/verbs.ts";
import type { Role } from "../../settings/stacks.ts";
import type { MemberState } from "../discover/roster.ts";

/** Version of the events' shape; it grows when a field changes its meaning or goes. */
export const eventsVersion = 1;

export type FinalVerdict = "promote" | "reject" | "inconclusive";

/** Everything that the gate tells while it works. */
export type Event =
  | { event: "start"; version: typeof eventsVersion; command: string; stack: string }
  | { event: "pulumi-start"; stack: string; operation: "up" | "destroy"; release?: string }
  | { event: "pulumi-output"; stack: string; text: string }
  | { event: "pulumi-end"; stack: string; operation: "up" | "destroy"; seconds: number; ok: true }
  | {
      event: "pulumi-end";
      stack: string;
      operation: "up" | "destroy";
      seconds: number;
      ok: false;
      /** The end of what Pulumi said. */
      output: string;
    }
  /** Where what is seen is written down, for `nary replay`. */
  | { event: "recording"; file: string }
  | { event: "watching"; release: string; goal: string; instances: number }
  | {
      event: "canary" | "twin";
      instance: string;
      node: string;
      state: MemberState;
      address: string | null;
      why: string;
    }
  | {
      event: "traffic";
      state: Traffic["state"];
      /** Part of all requests that the canaries get together, as a fraction; null where every server gets the same. */
      share: number | null;
    }
  | {
      event: "step";
      /** From 1. */
      step: number;
      of: number;
      /** Part of all requests that the canaries now get together, as a fraction. */
      share: number;
      /** What the step before had shown. */
      why: string;
    }
  /** A limit was reached, and the watch goes on once more as long. */
  | { event: "extended"; why: string }
  /** A person has to do something before it goes on. */
  | { event: "waits"; for: "approval" | "resume"; why: string }
  | {
      event: "counts";
      requests: number;
      errors: number;
      seconds: number;
      /** One sentence: how far the watch is. */
      why: string;
    }
  | { event: "fault"; role: Role; instance: string; kind: FaultKind; why: string }
  | { event: "warning"; why: string }
  | {
      event: "verdict";
      verdict: FinalVerdict;
      /** Which rule decided. */
      rule: Rule;
      why: string;
      requests: number;
      errors: number;
      /** What a promotion proves; nothing with another verdict. */
      proves: readonly Proof[];
      evidence: Evidence;
    }
  | {
      event: "rollout";
      job: string;
      release: string;
      healthy: number;
      desired: number;
      status: string;
    }
  | { event: "promoted"; release: string; before: string | null }
  | { event: "rollback"; release: string; why: string }
  | { event: "gone"; job: string }
  /** Somebody asked something of the gate. */
  | {
      event: "asked";
      verb: Verb;
      /** Such as ada@laptop. */
      by: string;
      why: string | null;
      /** Whether the gate does it. */
      done: boolean;
      answer: string;
    }
  | { event: "interrupted"; why: string }
  | {
      event: "end";
      verdict: FinalVerdict | null;
      why: string;
      release: string;
      requests: number;
      errors: number;
      seconds: number;
      exitCode: ExitCode;
    };

export type End = Extract<Event, { event: "end" }>;

export type Tell = (event: Event) => void;

/** What a command's exit status says. */
export const exitCodes = {
  promoted: 0,
  rejected: 1,
  usage: 2,
  inconclusive: 3,
  broken: 4,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
