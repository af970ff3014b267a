import { join } from "node:path";
import type { Tool, ToolName } from "../tools/toolchain/index.ts";
import { classroom } from "./classroom.ts";
import type { Cluster } from "./cluster/start.ts";
import type { AppName } from "./options.ts";
import { releases, type Release } from "./releases.ts";
import type { Surroundings } from "./run.ts";
import type { Say } from "./say.ts";

export type Preparation = {
  /** The cluster's folder. */
  folder: string;
  cluster: Cluster;
  tools: readonly Tool[];
  surroundings: Surroundings;
  say: Say;
};

/** A service that the demo releases, and how it is asked. */
export type App = {
  /** Node runs it, with FAULTS and what `prepare` says in its environment. */
  program: string;
  /** Beside those that every release needs. */
  tools: readonly ToolName[];
  releases: readonly Release[];
  requestsPerSecond: number;
  /** What is asked for, in turn. */
  paths: readonly string[];
  /** Error rates that the policy rules out, without and with --full. */
  errorRates: { quick: number; full: number };
  /** Starts what it uses, in the cluster's folder and to end with it. Resolves to variables that say where it is. */
  prepare: (preparation: Preparation) => Promise<Record<string, string>>;
};

const greetings: App = {
  program: join(import.meta.dirname, "service", "main.ts"),
  tools: [],
  releases,
  requestsPerSecond: 900,
  paths: ["/hello"],
  errorRates: { quick: 0.001, full: 0.0001 },
  prepare: () => Promise.resolve({}),
};

export const apps = { greetings, classroom } satisfies Record<AppName, App>;
