import { randomBytes } from "node:crypto";
import { mkdir, symlink } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Tool } from "../tools/toolchain/index.ts";
import type { Driver } from "./options.ts";
import { copyProject } from "./project.ts";
import { runStep, type Surroundings } from "./run.ts";

/**
 * A Pulumi backend, home and passphrase made on the spot. The user's own ones are neither read nor written; only the
 * official plugins, where they are used, are the user's.
 */
export async function pulumiEnvironment(
  folder: string,
  tools: readonly Tool[],
  base: NodeJS.ProcessEnv = process.env,
): Promise<Record<string, string>> {
  const state = join(folder, "pulumi-state");
  const home = join(folder, "pulumi-home");
  await mkdir(state);
  await mkdir(home);
  if (tools.some(({ from }) => from === "official")) {
    const theirs = base["PULUMI_HOME"] ?? join(homedir(), ".pulumi");
    await symlink(join(theirs, "plugins"), join(home, "plugins"));
  }
  return {
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_CONFIG_PASSPHRASE: randomBytes(16).toString("hex"),
    PULUMI_HOME: home,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // What gates write down goes with the rest.
    XDG_STATE_HOME: join(folder, "records"),
  };
}

export const stacks = { canary: "local-canary", production: "local-production" } as const;

export type StackOptions = {
  driver: Driver;
  /** That the canary's policy rules out; as the stack's file has it unless given. */
  errorRate?: number | undefined;
  port: number;
  statsPort: number;
  haproxy: string;
};

/** A copy of the project with its two stacks, set up for this cluster. */
export async function makeStacks(
  { driver, errorRate, port, statsPort, haproxy }: StackOptions,
  surroundings: Surroundings,
): Promise<void> {
  await copyProject(surroundings.cwd);
  for (const stack of [stacks.production, stacks.canary]) {
    await runStep("pulumi", ["stack", "init", stack, "--no-select"], surroundings);
  }
  const task =
    driver === "docker"
      ? [
          "nary:task.driver=docker",
          "nary:task.networkMode=host",
          "nary:except.image-by-digest=images of the demo are built on this machine and were in no registry",
        ]
      : ["nary:task.driver=raw_exec"];
  const set = async (stack: string, values: readonly string[]) => {
    const words = values.flatMap((value) => ["--plaintext", value]);
    await runStep("pulumi", ["config", "set-all", "--stack", stack, "--path", ...words], surroundings);
  };
  await set(stacks.production, [
    ...task,
    `nary:haproxy.port=${port}`,
    `nary:haproxy.statsPort=${statsPort}`,
    `nary:haproxy.command=${haproxy}`,
  ]);
  await set(stacks.canary, [
    ...task,
    ...(errorRate === undefined ? [] : [`nary:policy.errorRate=${errorRate}`]),
  ]);
}
