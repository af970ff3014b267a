import { z } from "zod";
import { configEntries } from "./consul-entries.ts";
import { external } from "./consul-external.ts";
import { counter } from "./counter.ts";
import { contradiction, haproxy } from "./haproxy.ts";
import { flag } from "./loose.ts";
import { serviceName } from "./names.ts";
import { policy } from "./policy.ts";
import { reschedule, restart } from "./retries.ts";
import { share } from "./share.ts";
import { autoscaled, fits, gate, update, workload } from "./workload.ts";

export type { GateSettings } from "./workload.ts";

const watched = {
  ...workload,
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

const canary = z
  .strictObject({ role: z.literal("canary"), ...watched })
  .superRefine(fits)
  .refine(({ twin, policy: { type } }) => !twin || comparing.has(type), {
    path: ["twin"],
    error: `must be false unless nary:policy.type is ${[...comparing].join(" or ")}: no other policy compares the canary with a twin`,
  });
export type CanarySettings = z.infer<typeof canary>;

/** The canary's, by which both sides start alike; the gate hands them over. */
const twin = z.strictObject({ role: z.literal("twin"), ...watched }).superRefine(fits);
export type TwinSettings = z.infer<typeof twin>;

const production = z
  .strictObject({
    role: z.literal("production"),
    ...workload,
    configEntries,
    external,
    /** The name that a service had which is up, and is to be called otherwise. */
    renameFrom: serviceName.optional(),
    update: update.prefault({}),
    restart: restart.prefault({}),
    autoscaled,
    reschedule: reschedule.prefault({ type: "unlimited" }),
    /** None where the service stands behind the HAProxy of other stacks. */
    haproxy: haproxy.optional(),
  })
  .superRefine(fits)
  .superRefine(({ service, haproxy: given }, context) => {
    const found = given && contradiction(given, service);
    if (found !== undefined)
      context.addIssue({ code: "custom", path: ["haproxy", ...found.path], message: found.message });
  });
export type ProductionSettings = z.infer<typeof production>;

/** All settings of a stack: the keys under `nary:` in its file. */
export const settings = z.discriminatedUnion("role", [canary, twin, production], {
  error: "must be canary, twin or production",
});
export type Settings = z.infer<typeof settings>;
