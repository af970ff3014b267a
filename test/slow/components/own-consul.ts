import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { consulAddress, consulArguments, isConsulReady } from "../../../demo/cluster/consul.ts";
import type { PortBlock } from "../../../demo/cluster/ports.ts";
import { until } from "../../../demo/cluster/until.ts";

/** A Consul that can be taken away and comes back with what it knew. */
export class OwnConsul {
  readonly address: string;
  readonly #arguments: readonly string[];
  readonly #environment: NodeJS.ProcessEnv;
  #process: ChildProcess | undefined;

  constructor(folder: string, ports: PortBlock, environment: NodeJS.ProcessEnv) {
    this.address = consulAddress(ports);
    const rest = consulArguments(ports).filter((word) => word !== "-dev");
    const kept = ["-server", "-bootstrap-expect=1", "-node=own", `-data-dir=${join(folder, "consul")}`];
    this.#arguments = [...rest, ...kept];
    this.#environment = environment;
  }

  async start(): Promise<void> {
    this.#process = spawn("consul", this.#arguments, { env: this.#environment, stdio: "ignore" });
    if ((await until(() => isConsulReady(this.address), 60_000)) === undefined) {
      throw new Error("Consul has no leader within 60 s.");
    }
  }

  async kill(): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    if (process === undefined) return;
    const ended = once(process, "exit");
    process.kill("SIGKILL");
    await ended;
  }

  async register(name: string, port: number): Promise<void> {
    const response = await fetch(`${this.address}/v1/agent/service/register`, {
      method: "PUT",
      body: JSON.stringify({ Name: name, ID: `${name}-${port}`, Port: port, Address: "127.0.0.1" }),
    });
    if (!response.ok) throw new Error(await response.text());
  }
}
