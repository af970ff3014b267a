import { spawn } from "node:child_process";
import { chmod, chown, mkdir, open, readFile, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import pg from "pg";
import { serverEnvironment } from "../cluster/environment.ts";
import { until } from "../cluster/until.ts";
import { DemoError } from "../errors.ts";
import { runStep, type Surroundings } from "../run.ts";
import { dataFolder } from "./end.ts";

const startMs = 30_000;
const host = "127.0.0.1";
const user = "classroom";
/** PostgreSQL refuses to run as root. Debian's user, and group, that own nothing. */
const nobody = 65534;

export type PostgresOptions = {
  /** The cluster's folder, in which the database has one of its own. */
  folder: string;
  /** A free port on loopback. */
  port: number;
  /** Where the program `postgres` is; the others are beside it. */
  program: string;
  /** Statements that fill it. */
  sql: string;
  surroundings: Surroundings;
};

/**
 * Starts a PostgreSQL that belongs to a cluster and ends with it. It has no password: whoever is on this machine may
 * read what was made up for the demo, and nobody else reaches it. Resolves to its URL.
 */
export async function startPostgres(options: PostgresOptions): Promise<string> {
  const { folder, port, program, sql, surroundings } = options;
  const home = dirname(dataFolder(folder));
  await mkdir(home, { mode: 0o700 });
  if (isRoot()) {
    // Its group gets as far as its own folder, and sees nothing on the way.
    await chown(folder, 0, nobody);
    await chmod(folder, 0o710);
    await chown(home, nobody, nobody);
  }
  const programs = dirname(await realpath(program));
  const [command, ...args] = asNobody([
    join(programs, "initdb"),
    ...[`--pgdata=${dataFolder(folder)}`, `--username=${user}`, "--auth=trust", "--no-sync"],
    ...["--encoding=UTF8", "--locale=C", "--no-instructions"],
  ]);
  // Started in a folder that its user may not read, it complains.
  await runStep(command, args, { ...surroundings, cwd: home });
  const failure = await startServer(options, home, programs);
  const url = `postgres://${user}@${host}:${port}/postgres`;
  const isReady = async () => {
    surroundings.signal.throwIfAborted();
    return failure.why ?? (await canConnect(url));
  };
  const end = await until(isReady, startMs);
  if (end !== true) {
    const tail = (await readFile(logFile(home), "utf8")).split("\n").slice(-20).join("\n");
    throw new DemoError(
      "cluster",
      `PostgreSQL ${end ?? "did not start in time"}. The end of its log:\n${tail}`,
    );
  }
  await withClient(url, (client) => client.query(sql));
  return url;
}

async function startServer(
  { folder, port }: PostgresOptions,
  home: string,
  programs: string,
): Promise<{ why?: string }> {
  const log = await open(logFile(home), "a");
  const [command, ...args] = asNobody([
    join(programs, "postgres"),
    ...["-D", dataFolder(folder), "-h", host, "-p", String(port)],
    // Nothing of it outlives the demo: it need not be safe from a loss of power, and needs no socket.
    ...["-c", "fsync=off", "-c", "unix_socket_directories="],
  ]);
  const child = spawn(command, args, {
    cwd: home,
    // A session of its own: Ctrl-C is for the demo, which ends what its services use last.
    detached: true,
    env: serverEnvironment(folder, process.env),
    stdio: ["ignore", log.fd, log.fd],
  });
  const failure: { why?: string } = {};
  child.once("exit", () => (failure.why = "ended at once"));
  child.once("error", ({ message }) => (failure.why = `cannot be run: ${message}`));
  child.unref();
  await log.close();
  return failure;
}

function logFile(home: string): string {
  return join(home, "postgres.log");
}

async function canConnect(url: string): Promise<true | undefined> {
  try {
    await withClient(url, (client) => client.query("select 1"));
    return true;
  } catch {
    return undefined;
  }
}

async function withClient(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  // What happens to it is told by what is asked of it.
  client.on("error", () => undefined);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function asNobody(command: readonly [string, ...string[]]): readonly [string, ...string[]] {
  if (!isRoot()) return command;
  return ["setpriv", `--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups", ...command];
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}
