import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { renderConfiguration } from "../../../components/haproxy/configuration.ts";
import { page } from "../../../components/haproxy/page.ts";
import { files, reloadScript, startScript } from "../../../components/haproxy/scripts.ts";
import { runProgram } from "../../support/program.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { haproxyOf } from "../../unit/components/descriptions.ts";

type Place = { port: number; statsPort: number; environment: NodeJS.ProcessEnv };

/** HAProxy as its scripts run it, with servers that a test gives it instead of Consul's. */
export class ScriptedHaproxy {
  readonly folder: string;
  readonly #place: Place;
  #process: ChildProcess | undefined;

  private constructor(folder: string, place: Place) {
    this.folder = folder;
    this.#place = place;
  }

  static async prepare(place: Place): Promise<ScriptedHaproxy> {
    const haproxy = new ScriptedHaproxy(await temporaryFolder(), place);
    await Promise.all([
      haproxy.write(files.start, startScript),
      haproxy.write(files.reload, reloadScript),
      haproxy.write(page, ""),
    ]);
    return haproxy;
  }

  get process(): ChildProcess {
    return this.#process ?? assert.fail("HAProxy was not started");
  }

  write(name: string, content: string): Promise<void> {
    return writeFile(join(this.folder, name), content);
  }

  /** What the template would be rendered to. */
  configurationOf(names: readonly string[]): string {
    const { port, statsPort } = this.#place;
    const template = renderConfiguration(haproxyOf({ port, statsPort }));
    const [head = "", ...rest] = template.split(/^\{\{.*\n(?:.*\n)*?(?=\nfrontend stats)/m);
    return [head, ...names.map((name) => `${lineOf(name)}\n`), ...rest].join("");
  }

  async start(names: readonly string[]): Promise<void> {
    await this.write(files.rendered, this.configurationOf(names));
    this.run();
  }

  run(): void {
    const log = openSync(join(this.folder, "log"), "a");
    this.#process = spawn("/bin/sh", [join(this.folder, files.start)], {
      env: this.#place.environment,
      stdio: ["ignore", "ignore", log],
    });
    closeSync(log);
  }

  async end(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    await this.#hears(child);
    child.kill("SIGTERM");
    await ended;
  }

  /** One that is ended while it starts itself anew leaves its worker, which would answer for the next one. */
  async #hears({ pid }: ChildProcess): Promise<void> {
    const end = performance.now() + 5_000;
    while (performance.now() < end) {
      const status = await readFile(`/proc/${String(pid)}/status`, "utf8").catch(() => undefined);
      if (status === undefined || /^SigCgt:.*[89a-f]..$/m.test(status)) return;
      await sleep(50);
    }
  }

  /** Stops all its processes, so that it answers nothing. Resolves to them; whoever calls this lets them go on. */
  async stop(): Promise<number[]> {
    const { pid = assert.fail("HAProxy has no process") } = this.process;
    const { stdout } = await runProgram("pgrep", ["-P", String(pid)]);
    const pids = [pid, ...stdout.trim().split("\n").map(Number)];
    for (const each of pids) process.kill(each, "SIGSTOP");
    return pids;
  }

  /** Tells the running HAProxy something on its socket. Resolves to the answer. */
  async ask(command: string): Promise<string> {
    const socket = connect(join(this.folder, files.socket));
    socket.end(`${command}\n`);
    return await text(socket);
  }

  /** Whether the running process passes on what it is asked. */
  async passesOn(): Promise<boolean> {
    const state = await this.ask("show servers state api_next");
    const [, operation = assert.fail(state)] = / next - (\d+) /.exec(state) ?? [];
    // 0 is stopped, 2 is running.
    return operation === "2";
  }

  /** What Nomad does when the template has changed. Resolves to what the log then has of it. */
  async render(configuration: string): Promise<string> {
    const log = () => readFile(join(this.folder, "log"), "utf8").catch(() => "");
    const before = await log();
    await this.write("new", configuration);
    await rename(join(this.folder, "new"), join(this.folder, files.rendered));
    const { exitCode, stderr } = await runProgram("/bin/sh", [join(this.folder, files.reload)], {
      env: this.#place.environment,
    });
    assert.equal(exitCode, 0, stderr);
    const said = (await log()).slice(before.length).split("\n");
    return said.filter((line) => line.startsWith("nary:")).join("\n");
  }
}

const lineOf = (name: string) => `  server ${name} ${name.split("_").slice(1).join(":")}`;
