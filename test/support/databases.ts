import { chmod, chown, glob, mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { runProgram, startProgram, type Program } from "./program.ts";
import { temporaryFolder } from "./temporary.ts";

/** A database server of its own on loopback. Whoever starts it stops it. */
export type DatabaseServer = {
  /** What both drivers take. */
  login: { host: string; port: number; user: string; database: string };
  stop: () => Promise<void>;
};

/** Debian's user that owns nothing: neither server starts as root. */
const nobody = 65534;
const user = "nary";
const host = "127.0.0.1";
/** Milliseconds for clients to leave. */
const patience = 5_000;

/** An empty PostgreSQL that lets anybody on loopback in. */
export async function startPostgres(): Promise<DatabaseServer> {
  const folder = await folderOfNobody();
  const data = join(folder, "data");
  const programs = await postgresPrograms();
  const database = "postgres";
  await runAsNobody(join(programs, "initdb"), [
    ...["-D", data, "-U", user, "--auth=trust", "--no-sync", "--no-instructions"],
    ...["--encoding=UTF8", "--locale=C"],
  ]);
  const port = await freePort();
  const server = startAsNobody(join(programs, "postgres"), [
    ...["-D", data, "-h", host, "-p", String(port), "-k", folder],
    ...["-c", "fsync=off", "-c", "max_connections=60"],
  ]);
  return running(server, /ready to accept connections/, { host, port, user, database });
}

/** An empty MariaDB that lets one user on loopback in, without a password. */
export async function startMariadb(): Promise<DatabaseServer> {
  const folder = await folderOfNobody();
  const data = join(folder, "data");
  const database = "classroom";
  await runAsNobody("mariadb-install-db", [
    ...["--no-defaults", `--datadir=${data}`, "--skip-test-db", "--auth-root-authentication-method=normal"],
  ]);
  const users = join(folder, "users.sql");
  await writeFile(
    users,
    `create database ${database};\ncreate user ${user}@'${host}';\ngrant all on *.* to ${user}@'${host}';\n`,
  );
  await chmod(users, 0o644);
  const port = await freePort();
  const server = startAsNobody("mariadbd", [
    ...["--no-defaults", `--datadir=${data}`, `--port=${port}`, `--bind-address=${host}`],
    ...[`--socket=${join(folder, "socket")}`, `--pid-file=${join(folder, "pid")}`, `--init-file=${users}`],
    ...["--skip-name-resolve", "--skip-log-bin", "--innodb-flush-log-at-trx-commit=0"],
  ]);
  return running(server, /ready for connections/, { host, port, user, database });
}

async function running(
  server: Program,
  ready: RegExp,
  login: DatabaseServer["login"],
): Promise<DatabaseServer> {
  const stop = async () => {
    // PostgreSQL waits for its clients after this signal, those that are about to leave, and ends them after the next.
    server.child.kill("SIGTERM");
    const giveUp = setTimeout(() => server.child.kill("SIGINT"), patience);
    await server.ended;
    clearTimeout(giveUp);
  };
  try {
    await server.says(ready);
  } catch (error) {
    await stop();
    throw error;
  }
  return { login, stop };
}

async function postgresPrograms(): Promise<string> {
  const [newest] = (await Array.fromAsync(glob("/usr/lib/postgresql/*/bin"))).sort().reverse();
  if (newest === undefined)
    throw new Error("PostgreSQL is not installed: `apt-get install postgresql` has it.");
  return newest;
}

async function folderOfNobody(): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, "data"), { mode: 0o700 });
  if (isRoot()) for (const path of [folder, join(folder, "data")]) await chown(path, nobody, nobody);
  return folder;
}

async function runAsNobody(command: string, args: readonly string[]): Promise<void> {
  const { exitCode, stdout, stderr } = await runProgram(...asNobody(command, args));
  if (exitCode !== 0) throw new Error(`${command} ended with ${String(exitCode)}:\n${stdout}\n${stderr}`);
}

function startAsNobody(command: string, args: readonly string[]): Program {
  return startProgram(...asNobody(command, args));
}

function asNobody(command: string, args: readonly string[]): [string, string[]] {
  if (!isRoot()) return [command, [...args]];
  // A server ends with the run, also when the run has no time to end it.
  const how = [`--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups", "--pdeathsig=KILL"];
  return ["setpriv", [...how, command, ...args]];
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("The system gave no port.");
  return address.port;
}
