import { z } from "zod";
import { configEntries } from "./consul-entries.ts";
import { external } from "./consul-external.ts";
import { counter } from "./counter.ts";
import { contradiction, haproxy } from "./haproxy.ts";
import { flag } from "./loose.ts";
import { serviceName, type ServiceName } from "./names.ts";
import { policy } from "./policy.ts";
import { reschedule, restart } from "./retries.ts";
import { share } from "./share.ts";
import { autoscaled, fileWorkload, fits, gate, update, workload } from "./workload.ts";

export type { GateSettings } from "./workload.ts";

const watched = {
  configEntries,
  policy: policy.prefault({ type: "zero-errors" }),
  gate: gate.prefault({}),
  /** How the instances of all sides are asked for their counts. */
  counter: counter.prefault({}),
  /** Part of all requests that the canaries get together; the same for each server, stable or canary, unless given. */
  share: share.optional(),
  /** Whether the release that production runs is started afresh beside the canary, to be compared with it. */
  twin: flag.default(false),
};

/** Policies that compare the canary with another side. */
const comparing: ReadonlySet<string> = new Set(["baseline"]);

const production = {
  configEntries,
  external,
  /** The name that a service had which is up, and is to be called otherwise. */
  renameFrom: serviceName.optional(),
  /** None where the service stands behind the HAProxy of other stacks. */
  haproxy: haproxy.optional(),
};

function twinFits(
  { twin, policy: { type } }: { twin: boolean; policy: { type: string } },
  context: z.RefinementCtx,
): void {
  if (!twin || comparing.has(type)) return;
  const message = `must be false unless nary:policy.type is ${[...comparing].join(" or ")}: no other policy compares the canary with a twin`;
  context.addIssue({ code: "custom", path: ["twin"], message });
}

function shareFits(
  { share: given, gate: { steps } }: { share?: unknown; gate: { steps: readonly unknown[] } },
  context: z.RefinementCtx,
): void {
  if (given === undefined || steps.length === 0) return;
  const message = "must not be given beside nary:gate.steps, each of which has a share of its own";
  context.addIssue({ code: "custom", path: ["share"], message });
}

function haproxyFits(
  { service, haproxy: given }: { service: ServiceName; haproxy?: z.output<typeof haproxy> | undefined },
  context: z.RefinementCtx,
): void {
  const found = given && contradiction(given, service);
  if (found !== undefined)
    context.addIssue({ code: "custom", path: ["haproxy", ...found.path], message: found.message });
}

const error = "must be canary, twin or production";

/** All settings of a stack: the keys under `nary:` in its file. */
export const settings = z.discriminatedUnion(
  "role",
  [
    z
      .strictObject({ role: z.literal("canary"), ...workload, ...watched })
      .superRefine(fits)
      .superRefine(twinFits)
      .superRefine(shareFits),
    /** The canary's, by which both sides start alike; the gate hands them over. */
    z.strictObject({ role: z.literal("twin"), ...workload, ...watched }).superRefine(fits),
    z
      .strictObject({
        role: z.literal("production"),
        ...workload,
        ...production,
        update: update.prefault({}),
        restart: restart.prefault({}),
        autoscaled,
        reschedule: reschedule.prefault({ type: "unlimited" }),
      })
      .superRefine(fits)
      .superRefine(haproxyFits),
  ],
  { error },
);

/** All settings of a stack whose job is a file of the user's own. */
export const fileSettings = z.discriminatedUnion(
  "role",
  [
    z
      .strictObject({ role: z.literal("canary"), ...fileWorkload, ...watched })
      .superRefine(twinFits)
      .superRefine(shareFits),
    z.strictObject({ role: z.literal("twin"), ...fileWorkload, ...watched }),
    z
      .strictObject({ role: z.literal("production"), ...fileWorkload, ...production })
      .superRefine(haproxyFits),
  ],
  { error },
);

export type Settings = z.infer<typeof settings> | z.infer<typeof fileSettings>;
export type CanarySettings = Extract<Settings, { role: "canary" }>;
export type TwinSettings = Extract<Settings, { role: "twin" }>;
export type ProductionSettings = Extract<Settings, { role: "production" }>;
