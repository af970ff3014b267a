import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { z } from "zod";
import { DemoError } from "../../demo/errors.ts";
import { end } from "../blast-radius/service.ts";
import { asked } from "../children.ts";
import { Load } from "./load.ts";
import { computed, listening, memoryAnswer } from "./messages.ts";
import type { Variant } from "./variants.ts";

const connections = 32;
const warmMs = 300;
const measureMs = 1_500;

export type Measured = { cpuUsPerRequest: number; requestsPerSecond: number };

/** A service of one variant, in a process of its own. Whoever starts it stops it. */
export class Service {
  readonly variant: Variant;
  readonly #child: ChildProcess;
  readonly #port: number;
  #measured = false;

  private constructor(variant: Variant, child: ChildProcess, port: number) {
    this.variant = variant;
    this.#child = child;
    this.#port = port;
  }

  static async start(variant: Variant, signal: AbortSignal): Promise<Service> {
    const child = fork(join(import.meta.dirname, "service.ts"), [], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    try {
      const { port } = await asked(child, { variant: variant.name }, listening, signal);
      return new Service(variant, child, port);
    } catch (error) {
      await end(child, "SIGKILL");
      throw error;
    }
  }

  /** Under full load for a while. */
  async measure(signal: AbortSignal): Promise<Measured> {
    const load = await Load.open(this.#port, connections);
    try {
      load.start();
      await sleep(warmMs, undefined, { signal });
      const [before, answered, from] = [await this.#cpuUs(signal), load.answered, performance.now()];
      await sleep(measureMs, undefined, { signal });
      const [after, requests, to] = [await this.#cpuUs(signal), load.answered - answered, performance.now()];
      this.#measured = true;
      if (requests === 0) throw new DemoError("step", `${this.variant.name} answered nothing.`);
      return {
        cpuUsPerRequest: (after - before) / requests,
        requestsPerSecond: (requests / (to - from)) * 1000,
      };
    } finally {
      await load.close();
    }
  }

  async #cpuUs(signal: AbortSignal): Promise<number> {
    const { cpuUs, spans } = await asked(this.#child, {}, computed, signal);
    // What traces nothing costs little, and would be no measure.
    if (this.variant.name === "opentelemetry" && this.#measured && spans.length < 2)
      throw new DemoError("step", `OpenTelemetry traced ${JSON.stringify(spans)}, not requests and queries.`);
    return cpuUs;
  }

  async stop(): Promise<void> {
    await end(this.#child, "SIGKILL");
  }
}

/** What the heap of a service holds after so many requests, and after a tenth of them. */
export async function measureMemory(
  requests: number,
  signal: AbortSignal,
): Promise<z.infer<typeof memoryAnswer>> {
  const child = fork(join(import.meta.dirname, "memory.ts"), [], {
    execArgv: ["--expose-gc"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  try {
    return await asked(child, { requests }, memoryAnswer, signal);
  } finally {
    await end(child, "SIGKILL");
  }
}
