import type { ServiceName } from "../settings/names.ts";
import type { keysOf } from "../settings/records.ts";
import type { Exceptions } from "../settings/rules.ts";
import type { CanarySettings } from "../settings/schema.ts";
import type { Environment } from "../settings/stacks.ts";
import type { Stacks } from "./act/stacks.ts";
import type { Consul } from "./clients/consul.ts";
import type { Nomad } from "./clients/nomad.ts";
import type { People } from "./decide/people.ts";
import type { Interrupts } from "./interrupts.ts";
import type { Journal } from "./journal/journal.ts";
import type { Lock } from "./lock/lock.ts";
import type { Control } from "./people/control.ts";
import type { StatusWriter } from "./people/status-writer.ts";
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
  /** Whether the release is what mends a production that fails: then what failed there is no reason to refuse it. */
  mends?: boolean;
  /** Where what is seen is written down; in the folder of records unless given. */
  recordFile?: string | undefined;
  /** Production's job when the watch began, where there is a watch: whoever changes it meanwhile has not been asked. */
  productionBefore?: { job: unknown } | undefined;
};

/** What a gate works with that holds the lock of its service, and may change things. */
export type Locked = Context & { lock: Lock };

/** What a gate works with that writes down what it is about to do. */
export type Journaled = Locked & {
  journal: Journal;
  /** Who started it, as user@host. */
  by: string;
};

/** How people look at a gate that runs, and ask something of it. */
export type Crew = {
  /** What they have asked so far. */
  people: () => People;
  control: Control;
  status: StatusWriter;
};

/** What a gate works with that may change things, and that people look at. */
export type Acting = Journaled & Crew;
