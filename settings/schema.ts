import { z } from "zod";
import { configEntries } from "./consul-entries.ts";
import { external } from "./consul-external.ts";
import { contradiction, haproxy } from "./haproxy.ts";
import { serviceName } from "./names.ts";
import { policy } from "./policy.ts";
import { reschedule, restart } from "./retries.ts";
import { share } from "./share.ts";
import { autoscaled, fits, gate, update, workload } from "./workload.ts";

export type { GateSettings } from "./workload.ts";

const canary = z
  .strictObject({
    role: z.literal("canary"),
    ...workload,
    configEntries,
    policy: policy.prefault({ type: "zero-errors" }),
    gate: gate.prefault({}),
    /** Part of all requests that the canaries get together; the same for each server, stable or canary, unless given. */
    share: share.optional(),
  })
  .superRefine(fits);
export type CanarySettings = z.infer<typeof canary>;

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
export const settings = z.discriminatedUnion("role", [canary, production], {
  error: "must be canary or production",
});
export type Settings = z.infer<typeof settings>;
