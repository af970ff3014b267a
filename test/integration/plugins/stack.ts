import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  LocalWorkspace,
  type EngineEvent,
  type PulumiFn,
  type Stack,
} from "@pulumi/pulumi/automation/index.js";
import { z } from "zod";
import { sharedCluster } from "../../support/cluster.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { channelCloser } from "./channels.ts";

/** What a run did with one resource. */
type Step = { name: string; op: string; diffs: readonly string[] };

export type TestStack = {
  up: (program: PulumiFn, options?: { refresh?: boolean }) => Promise<Run>;
  preview: (program: PulumiFn) => Promise<Run>;
  refresh: () => Promise<Run>;
  destroy: () => Promise<void>;
  outputs: () => Promise<Record<string, unknown>>;
  /** Makes the stack empty, as it was made; quicker than to destroy what the test can delete itself. */
  forget: () => Promise<void>;
  /** The state as it is written, with secrets encrypted. */
  state: () => Promise<string>;
  /** Rewrites the state's text, as another provider's state would differ. */
  rewrite: (change: (state: string) => string) => Promise<void>;
};

type Run = { steps: readonly Step[] };

/**
 * A stack on a backend of its own, whose programs run in this process against the shared cluster, or where the given
 * environment says.
 */
export async function newStack(elsewhere: NodeJS.ProcessEnv = {}): Promise<TestStack> {
  const { environment } = await sharedCluster();
  const folder = await temporaryFolder();
  const backend = join(folder, "state");
  await mkdir(backend);
  const stack = await LocalWorkspace.createStack(
    { stackName: "test", projectName: "plugins", program: () => Promise.resolve() },
    {
      workDir: folder,
      envVars: {
        ...defined({ ...environment, ...elsewhere }),
        PULUMI_BACKEND_URL: `file://${backend}`,
        PULUMI_CONFIG_PASSPHRASE: "a passphrase for a test",
        PULUMI_HOME: join(folder, "home"),
        PULUMI_SKIP_UPDATE_CHECK: "true",
      },
    },
  );
  // Both are asked for after each operation, by three more runs of the CLI.
  stack.outputs = () => Promise.resolve({});
  stack.info = () => Promise.resolve(undefined);
  const stateFile = join(backend, ".pulumi/stacks/plugins/test.json");
  return operate(stack, stateFile, await readFile(stateFile, "utf8"));
}

/** A stack for the tests of a `describe`. After each of them the caller removes what was made, and the stack is empty. */
export function stackForTests(
  remove: (stack: TestStack) => Promise<void>,
  elsewhere?: () => NodeJS.ProcessEnv,
): TestStack {
  let made: TestStack | undefined;
  const stack = () => {
    if (made === undefined) throw new Error("The stack is made before the first test, not earlier.");
    return made;
  };
  before(async function () {
    this.timeout(300_000);
    made = await newStack(elsewhere?.());
  });
  // A test runs Pulumi several times, and that takes as long as a busy machine makes it.
  beforeEach(function () {
    this.currentTest?.timeout(120_000);
  });
  afterEach(async function () {
    this.timeout(60_000);
    await remove(stack());
    await stack().forget();
  });
  return {
    up: (program, options) => stack().up(program, options),
    preview: (program) => stack().preview(program),
    refresh: () => stack().refresh(),
    destroy: () => stack().destroy(),
    outputs: () => stack().outputs(),
    forget: () => stack().forget(),
    state: () => stack().state(),
    rewrite: (change) => stack().rewrite(change),
  };
}

const resource = z.object({ type: z.string(), outputs: z.record(z.string(), z.unknown()).optional() });
const checkpoint = z.object({
  checkpoint: z.object({ latest: z.object({ resources: z.array(resource) }) }),
});
const deployment = z.object({ version: z.number(), deployment: z.unknown() });

function operate(stack: Stack, stateFile: string, empty: string): TestStack {
  const run = async (start: (onEvent: (event: EngineEvent) => void) => Promise<unknown>): Promise<Run> => {
    const steps: Step[] = [];
    await start((event) => {
      const step = event.resourcePreEvent?.metadata ?? event.resOutputsEvent?.metadata;
      if (step !== undefined) note(steps, step.urn, step.op, step.diffs ?? []);
    });
    return { steps };
  };
  const closing = channelCloser();
  return {
    up: (program, options) => run((onEvent) => stack.up({ program: closing(program), onEvent, ...options })),
    preview: (program) => run((onEvent) => stack.preview({ program: closing(program), onEvent })),
    refresh: () => run((onEvent) => stack.refresh({ onEvent })),
    destroy: async () => {
      await stack.destroy();
    },
    outputs: async () => {
      const { latest } = checkpoint.parse(JSON.parse(await readFile(stateFile, "utf8"))).checkpoint;
      return latest.resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs ?? {};
    },
    forget: () => writeFile(stateFile, empty),
    state: () => readFile(stateFile, "utf8"),
    rewrite: async (change) => {
      const state = JSON.stringify(await stack.exportStack());
      await stack.importStack(deployment.parse(JSON.parse(change(state))));
    },
  };
}

/** Steps come before and after they are done; what counts is the last word on each resource. */
function note(steps: Step[], urn: string, op: string, diffs: readonly string[]): void {
  const name = urn.slice(urn.lastIndexOf("::") + 2);
  if (urn.includes("::pulumi:")) return;
  const known = steps.findIndex((step) => step.name === name && step.op === op);
  if (known >= 0) steps.splice(known, 1);
  steps.push({ name, op, diffs });
}

function defined(environment: NodeJS.ProcessEnv): Record<string, string> {
  const entries = Object.entries(environment);
  return Object.fromEntries(entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
