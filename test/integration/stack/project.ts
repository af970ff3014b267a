import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { sharedCluster } from "../../support/cluster.ts";
import { runProgram } from "../../support/program.ts";
import { projectCopy } from "../../support/temporary.ts";

export type Project = {
  folder: string;
  env: NodeJS.ProcessEnv;
  /** Runs Pulumi as a user does; fails with what it said when it fails. */
  pulumi: (...args: string[]) => Promise<string>;
  /** What Pulumi said when it failed; fails when it did not. */
  failure: (...args: string[]) => Promise<string>;
};

/** A copy of the project with a backend of its own, whose stacks go to the shared cluster or where the environment says. */
export async function newProject(
  stacks: readonly string[],
  elsewhere: NodeJS.ProcessEnv = {},
): Promise<Project> {
  return projectIn(await projectCopy(), stacks, elsewhere);
}

/** The project in a folder, with a backend of its own, whose stacks go to the shared cluster or elsewhere. */
export async function projectIn(
  folder: string,
  stacks: readonly string[],
  elsewhere: NodeJS.ProcessEnv = {},
): Promise<Project> {
  const { environment } = await sharedCluster();
  await mkdir(join(folder, "state"));
  const env = {
    ...environment,
    ...elsewhere,
    PULUMI_BACKEND_URL: `file://${folder}/state`,
    PULUMI_CONFIG_PASSPHRASE: "a passphrase for a test",
    PULUMI_HOME: join(folder, "home"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    XDG_STATE_HOME: join(folder, "records"),
  };
  const run = async (args: readonly string[], success: boolean) => {
    const all = [...args, "--non-interactive", "--color", "never"];
    const { exitCode, stdout, stderr } = await runProgram("pulumi", all, { cwd: folder, env });
    if ((exitCode === 0) !== success)
      throw new Error(`pulumi ${args.join(" ")} ended with ${exitCode}: ${stdout}${stderr}`);
    return success ? stdout : stdout + stderr;
  };
  const pulumi = (...args: string[]) => run(args, true);
  for (const stack of stacks) await pulumi("stack", "init", stack);
  return { folder, env, pulumi, failure: (...args) => run(args, false) };
}

/** Settings of a test: instances are small processes that answer everything. */
export async function configure(
  { pulumi }: Project,
  stack: string,
  settings: Record<string, string>,
): Promise<void> {
  const pairs = Object.entries(settings).flatMap(([key, value]) => [
    "--path",
    "--plaintext",
    `nary:${key}=${value}`,
  ]);
  await pulumi("config", "set-all", "-s", stack, ...pairs);
}

/** A program that answers every request. */
export const answer = `require("http").createServer((_, r) => r.end("ok")).listen(process.env.PORT, process.env.HOST)`;

/** A task that answers every request. */
export const task = {
  "task.driver": "raw_exec",
  "task.command": process.execPath,
  "task.args[0]": "-e",
  "task.args[1]": answer,
};

/** The JSON at a path of Nomad's or Consul's; undefined when there is none. */
export async function get(server: "nomad" | "consul", path: string): Promise<unknown> {
  const { nomadAddress, consulAddress } = await sharedCluster();
  const response = await fetch((server === "nomad" ? nomadAddress : consulAddress) + path);
  if (response.status !== 404) return await response.json();
  await response.body?.cancel();
  return undefined;
}

const jobs = z.array(z.object({ ID: z.string(), Stop: z.boolean() }));

/** Jobs whose name begins so. */
export async function jobsNamed(prefix: string): Promise<string[]> {
  return jobs
    .parse(await get("nomad", `/v1/jobs?prefix=${prefix}`))
    .map(({ ID: id }) => id)
    .sort();
}
