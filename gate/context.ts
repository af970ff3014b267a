import type { ServiceName } from "../settings/names.ts";
import type { keysOf } from "../settings/records.ts";
import type { Exceptions } from "../settings/rules.ts";
import type { CanarySettings } from "../settings/schema.ts";
import type { Environment } from "../settings/stacks.ts";
import type { Stacks } from "./act/stacks.ts";
import type { Consul } from "./clients/consul.ts";
import type { Nomad } from "./clients/nomad.ts";
import type { Interrupts } from "./interrupts.ts";
import type { Lock } from "./lock/lock.ts";
import type { Tell } from "./tell/events.ts";

/** Everything that a gate of one environment works with. Whoever makes it closes it. */
export type Context = {
  environment: Environment;
  service: ServiceName;
  /** Full names of the stacks, as Pulumi wants them. There need not be a twin. */
  stacks: { canary: string; twin: string; production: string };
  settings: CanarySettings;
  /** Rules that do not count, by the settings of either stack. */
  except: Exceptions;
  keys: ReturnType<typeof keysOf>;
  pulumi: Stacks;
  consul: Consul;
  nomad: Nomad;
  interrupts: Interrupts;
  tell: Tell;
  /** Where what is seen is written down; in the folder of records unless given. */
  recordFile?: string | undefined;
  /** Production's job when the watch began, where there is a watch: whoever changes it meanwhile has not been asked. */
  productionBefore?: { job: unknown } | undefined;
};

/** What a gate works with that holds the lock of its service, and may change things. */
export type Acting = Context & { lock: Lock };
