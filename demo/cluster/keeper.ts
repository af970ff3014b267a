/**
 * A process of its own that starts a cluster's servers and ends them when its starter asks for it or is gone, however
 * that ended: nothing in the starter's own hands would survive a kill -9. It is in a session of its own, so that
 * Ctrl-C reaches the starter alone.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { imageList } from "../docker/image-list.ts";
import { consulAddress } from "./consul.ts";
import { endJobs } from "./end-jobs.ts";
import { killProcesses } from "./marks.ts";
import { request, type Report } from "./messages.ts";
import { nomadAddress } from "./nomad.ts";
import { claimPorts } from "./ports.ts";
import { startServers } from "./servers.ts";
import { sweep } from "./sweep.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    docker: { type: "boolean", default: false },
    datacenter: { type: "string", default: "dc1" },
    region: { type: "string", default: "global" },
  },
});
const [folder = ""] = positionals;
const { docker, datacenter, region } = values;
const abort = new AbortController();
let kept = false;

function tell(report: Report): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  // A starter that is gone hears nothing, which is no reason to stop cleaning up.
  if (process.connected)
    process.send?.(report, undefined, undefined, () => {
      resolve(undefined);
    });
  else resolve(undefined);
  return promise;
}

async function start() {
  if (docker) await writeFile(imageList(folder), "");
  const claim = await claimPorts();
  await startServers({ folder, ports: claim.ports, docker, datacenter, region, signal: abort.signal });
  return claim;
}

const started = start();

async function finish(): Promise<void> {
  if (abort.signal.aborted) return;
  abort.abort();
  const claim = await started.catch(() => undefined);
  // What still uses the cluster goes first, lest it start a job again.
  await killProcesses(folder, ["client"]);
  if (claim !== undefined) await endJobs(nomadAddress(claim.ports));
  const left = await sweep(folder);
  await claim?.release();
  await tell({ state: "stopped", left });
  process.exit(left.length === 0 ? 0 : 1);
}

const end = () => void finish();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, end);
process.on("disconnect", () => {
  if (!kept) end();
});
process.on("message", (message) => {
  switch (request.parse(message)) {
    case "keep":
      kept = true;
      void tell({ state: "kept" });
      return;
    case "stop":
      end();
      return;
  }
});

try {
  const { ports } = await started;
  await tell({
    state: "ready",
    consulAddress: consulAddress(ports),
    nomadAddress: nomadAddress(ports),
    fixedPorts: [...ports.fixed],
  });
} catch (error) {
  if (!abort.signal.aborted) {
    await tell({ state: "failed", why: error instanceof Error ? error.message : String(error) });
    end();
  }
}
