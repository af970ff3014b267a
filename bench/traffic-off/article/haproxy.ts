import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { runStep, type Surroundings } from "../../../demo/run.ts";
import { end } from "../../blast-radius/service.ts";

const template = join(import.meta.dirname, "haproxy.cfg.ctmpl");
/** As the article has it. */
const renderMs = 30_000;

/** A HAProxy whose configuration is rendered every 30 seconds from what Consul has then. */
export type Haproxy = { stop: () => Promise<void> };

export async function startHaproxy(folder: string, surroundings: Surroundings): Promise<Haproxy> {
  const configuration = join(folder, "haproxy.cfg");
  const render = async () => {
    await runStep("consul-template", ["-once", "-template", `${template}:${configuration}`], surroundings);
    return await readFile(configuration, "utf8");
  };
  let running = await render();
  const haproxy = spawn("haproxy", ["-W", "-f", configuration], {
    env: surroundings.environment,
    stdio: "ignore",
  });
  await once(haproxy, "spawn");
  const over = new AbortController();
  const renewing = (async () => {
    while (await sleep(renderMs, true, { signal: over.signal }).catch(() => false)) {
      const next = await render();
      if (next !== running) haproxy.kill("SIGUSR2");
      running = next;
    }
  })();
  // Whoever stops it hears of a failure.
  renewing.catch(() => undefined);
  return {
    stop: async () => {
      over.abort();
      await end(haproxy, "SIGTERM");
      await renewing;
    },
  };
}
