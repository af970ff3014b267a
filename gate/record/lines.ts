import { z } from "zod";
import { allowedErrors } from "../../settings/allowed-errors.ts";
import { policy, type Policy } from "../../settings/policy.ts";
import { percentage } from "../../settings/share.ts";
import { approval, steps } from "../../settings/steps.ts";
import type { CostRule } from "../decide/costs.ts";
import { nobody } from "../decide/people.ts";
import type { Rules } from "../decide/rules.ts";
import type { Observation } from "../decide/observation.ts";
import type { Final } from "../decide/verdict.ts";

/** Version of the lines' shape; it grows when a field changes its meaning or goes. */
const recordVersion = 1;

const count = z.number().min(0);

const side = z.object({
  instances: z.array(
    z.object({
      id: z.string(),
      requests: count,
      errors: count,
      failed: count,
      fingerprints: z.record(z.string(), count),
      fault: z
        .object({ kind: z.enum(["crashed", "vanished", "absent", "silent", "wrong"]), why: z.string() })
        .nullable(),
    }),
  ),
  haproxy: z
    .object({ requests: count, serverErrors: count, brokenAnswers: count, clientErrors: count })
    .nullable(),
});

const asked = z.object({ by: z.string(), why: z.string() }).nullable();

const people = z.object({
  pausedBy: z.string().nullable(),
  approvals: count,
  promoted: asked,
  aborted: asked,
  supersededBy: z.string().nullable(),
});

const sample = z.object({ requests: count, sum: count, squares: count });

const observation = z.object({
  seconds: count,
  canary: side,
  other: side.nullable(),
  readings: z.array(
    z.object({
      check: z.string(),
      canary: z.number().nullable(),
      other: z.number().nullable(),
      why: z.string(),
    }),
  ),
  /** Records of before do not have them. */
  costs: z
    .array(
      z.object({ route: z.string(), respect: z.enum(["queries", "items"]), canary: sample, other: sample }),
    )
    .default([]),
  /** Records of before do not have it. */
  costsWait: z.string().nullable().default(null),
  unknown: z.array(z.string()),
  /** Records of before do not have it. */
  people: people.default(nobody),
});

const rules = z.object({
  /** As a stack's file has it. */
  policy,
  checks: z.array(
    z.object({
      name: z.string(),
      limit: z.number().optional(),
      ratio: z.number().optional(),
      noData: z.enum(["bad", "wait", "ok"]),
      forSeconds: count.optional(),
      afterSeconds: count.optional(),
    }),
  ),
  /** Records of before do not have it. */
  costs: z
    .object({ factor: count, queries: count, items: count, minRequests: count, afterSeconds: count })
    .nullable()
    .default(null),
  allowedErrors,
  limitSeconds: count,
  otherSide: z.enum(["twin", "production"]),
  witness: z.enum(["optional", "required"]),
  /** As a stack's file has them; records of before do not have these three. */
  steps,
  approval,
  onInconclusive: z.enum(["destroy", "keep", "extend"]).default("destroy"),
});

const start = z.object({
  record: z.literal("start"),
  version: z.literal(recordVersion, {
    error: ({ input }) => `is ${JSON.stringify(input)}: this nary reads version ${recordVersion}`,
  }),
  at: z.iso.datetime(),
  environment: z.string(),
  service: z.string(),
  release: z.string(),
  rules,
});
export type Start = z.output<typeof start>;

/** The first line: what is watched, and by which rules. */
export const startLine = start;

/** A verdict is compared as a whole, so that all of it is kept. */
const verdict = z.looseObject({
  record: z.literal("verdict"),
  at: z.iso.datetime(),
  type: z.enum(["promote", "reject", "inconclusive"]),
  why: z.string(),
  rule: z.string(),
  evidence: z.looseObject({}),
});
export type RecordedVerdict = z.output<typeof verdict>;

/** Each line after the first. */
export const line = z.discriminatedUnion("record", [
  observation.extend({ record: z.literal("observation") }),
  z.object({ record: z.literal("traffic"), at: z.iso.datetime(), state: z.enum(["on", "off"]) }),
  verdict,
]);
export type Line = z.output<typeof line>;

export type Recording = Pick<Start, "environment" | "service" | "release"> & { rules: Rules };

export function startText({ rules, ...names }: Recording, at: Date): string {
  const { policy: given, checks, costs, steps: all, ...others } = rules;
  // A check knows where it asks and with what; of that nothing is kept.
  const kept = checks.map(({ name, limit, ratio, noData, forSeconds, afterSeconds }) => {
    return { name, limit, ratio, noData, forSeconds, afterSeconds };
  });
  return text({
    record: "start",
    version: recordVersion,
    at: at.toISOString(),
    ...names,
    rules: {
      policy: settingOf(given),
      checks: kept,
      costs: costs === null ? null : costRuleOf(costs),
      ...others,
      steps: all.map((each) => ({ ...each, share: percentage(each.share) })),
    },
  });
}

export const observationText = (seen: Observation) => text({ record: "observation", ...seen });

export const trafficText = (state: "on" | "off", at: Date) =>
  text({ record: "traffic", at: at.toISOString(), state });

export const verdictText = (final: Final, at: Date) =>
  text({ record: "verdict", at: at.toISOString(), ...final });

/** Without the routes that are allowed, since nothing is observed of those. */
const costRuleOf = ({ factor, queries, items, minRequests, afterSeconds }: CostRule): CostRule => ({
  factor,
  queries,
  items,
  minRequests,
  afterSeconds,
});

const text = (given: object) => `${JSON.stringify(given)}\n`;

/** A policy as a stack's file has it. */
function settingOf(given: Policy): object {
  if (given.type !== "zero-errors") return given;
  return { type: given.type, ...given.goal };
}
