import { spawn, type ChildProcess } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { checkEvents } from "../../support/events.ts";
import { temporaryFolder } from "../../support/temporary.ts";

export const main = fileURLToPath(new URL("../../../cli/main.ts", import.meta.url));

type Options = { cwd: string; env: NodeJS.ProcessEnv; started?: (child: ChildProcess) => void };

export type Ended = { code: number | null; stdout: string; stderr: string };

/** Runs a program to its end. */
async function execute(
  program: string,
  args: readonly string[],
  { cwd, env, started }: Options,
): Promise<Ended> {
  const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  started?.(child);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}

/** Runs `nary` as a user does: as a process of its own. Events have to be as their schema has them. */
export async function nary(args: readonly string[], options: Options): Promise<Ended> {
  const ended = await execute(process.execPath, [main, ...args], options);
  checkEvents(args, ended.stdout);
  return ended;
}

const shared = `
  nary:service: bad-input
  nary:task: {driver: raw_exec}
`;

export type Project = { folder: string; environment: NodeJS.ProcessEnv };

/** A project with the stacks `local-canary` and `local-production`, on a backend of its own. It declares nothing. */
export async function emptyProject(environment: NodeJS.ProcessEnv): Promise<Project> {
  const folder = await temporaryFolder();
  const backend = join(folder, "backend");
  const home = join(folder, "home");
  await mkdir(backend);
  await mkdir(home);
  const env = {
    ...environment,
    PULUMI_BACKEND_URL: `file://${backend}`,
    PULUMI_HOME: home,
    PULUMI_CONFIG_PASSPHRASE: "right",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    XDG_STATE_HOME: join(folder, "records"),
  };
  await writeFile(join(folder, "Pulumi.yaml"), "name: bad-input\nruntime: nodejs\n");
  for (const [stack, own] of [
    ["local-canary", "  nary:role: canary\n  nary:count: 1\n"],
    [
      "local-production",
      "  nary:role: production\n  nary:count: 1\n  nary:haproxy: {port: 1, statsPort: 2}\n",
    ],
  ] as const) {
    await writeFile(join(folder, `Pulumi.${stack}.yaml`), `config:${shared}${own}`);
    const { code, stderr } = await execute(
      "pulumi",
      ["stack", "init", stack, "--non-interactive", "--no-select"],
      {
        cwd: folder,
        env,
      },
    );
    if (code !== 0) throw new Error(stderr);
  }
  return { folder, environment: env };
}
