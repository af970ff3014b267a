import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { createConnection } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { getJson } from "../../../demo/cluster/http.ts";
import { processesOf } from "../../../demo/cluster/marks.ts";
import { startCluster, type Cluster } from "../../../demo/cluster/start.ts";
import { sweep } from "../../../demo/cluster/sweep.ts";
import { until } from "../../../demo/cluster/until.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { leftOf } from "../../support/left.ts";
import { startProgram } from "../../support/program.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const allocations = z.array(z.object({ ID: z.string(), ClientStatus: z.string() }));

/** A job of two tasks, each with a child that does not stop when it is asked to. */
const job = {
  ID: "stubborn",
  Name: "stubborn",
  Type: "service",
  Datacenters: ["*"],
  TaskGroups: [
    {
      Name: "group",
      Count: 2,
      Networks: [{ DynamicPorts: [{ Label: "http" }] }],
      Services: [{ Name: "stubborn", PortLabel: "http", Provider: "consul" }],
      Tasks: [
        {
          Name: "task",
          Driver: "raw_exec",
          Config: {
            command: "/bin/sh",
            args: ["-c", "trap '' INT TERM; (trap '' INT TERM; sleep 600) & sleep 600"],
          },
          KillTimeout: 1_000_000_000,
          Resources: { CPU: 50, MemoryMB: 20 },
        },
      ],
    },
  ],
};

/** Runs the job. Resolves to the ids of its allocations. */
async function runJob(nomadAddress: string): Promise<string[]> {
  await fetch(`${nomadAddress}/v1/jobs`, { method: "PUT", body: JSON.stringify({ Job: job }) });
  const running = await until(async () => {
    const all = (await getJson(`${nomadAddress}/v1/job/${job.ID}/allocations`, allocations)) ?? [];
    const ready = all.filter(({ ClientStatus }) => ClientStatus === "running");
    return ready.length === 2 ? ready.map(({ ID }) => ID) : undefined;
  }, 20_000);
  assert.ok(running, "the job did not run");
  return running;
}

async function isListening(address: string): Promise<boolean> {
  const socket = createConnection(Number(new URL(address).port), "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

describe("loopback cluster", function () {
  this.timeout(90_000);
  let environment: NodeJS.ProcessEnv;
  const running: Cluster[] = [];

  async function emptyFolder(): Promise<string> {
    const folder = join(await temporaryFolder(), "cluster");
    await mkdir(folder);
    return folder;
  }

  async function start(folder: string): Promise<Cluster> {
    const cluster = await startCluster({ folder, environment });
    running.push(cluster);
    return cluster;
  }

  before(async () => {
    ({ environment } = await sharedCluster());
  });

  after(async () => {
    for (const cluster of running) await cluster.stop();
  });

  it("keeps its clients' temporary files with its own, so that a killed one leaves none", async () => {
    const { environment, folder } = await sharedCluster();
    const temporary = environment["TMPDIR"] ?? "";
    assert.ok(temporary.startsWith(`${folder}/`), temporary);
    assert.ok((await stat(temporary)).isDirectory());
  });

  it("runs beside another one, and leaves nothing of itself and all of the other", async () => {
    const other = await sharedCluster();
    const folder = await emptyFolder();
    const cluster = await start(folder);
    assert.notEqual(cluster.nomadAddress, other.nomadAddress);
    const ids = await runJob(cluster.nomadAddress);
    assert.ok((await leftOf(folder, ids)).length > 8);
    await cluster.stop();
    assert.deepEqual(await leftOf(folder, ids), []);
    assert.equal(await isListening(cluster.consulAddress), false);
    assert.equal(await isListening(cluster.nomadAddress), false);
    assert.equal(await isListening(other.consulAddress), true);
    assert.equal(await isListening(other.nomadAddress), true);
  });

  it("ends with its starter even when that is killed", async () => {
    const folder = await emptyFolder();
    const starter = startProgram(process.execPath, [join(import.meta.dirname, "starter.ts"), folder], {
      env: environment,
    });
    const [, nomadAddress = ""] = await starter.says(/Nomad is at (\S+)\n/);
    const ids = await runJob(nomadAddress);
    starter.child.kill("SIGKILL");
    await starter.ended;
    await until(async () => ((await leftOf(folder, ids)).length === 0 ? true : undefined), 30_000);
    assert.deepEqual(await leftOf(folder, ids), []);
  });

  it("is swept up by its folder when its keeper was killed too", async () => {
    const folder = await emptyFolder();
    const cluster = await start(folder);
    const ids = await runJob(cluster.nomadAddress);
    const [keeper = 0] = await processesOf(folder, ["keeper"]);
    process.kill(keeper, "SIGKILL");
    await sleep(100);
    assert.ok((await processesOf(folder, ["server"])).length > 6, "the tasks should have outlived it");
    assert.deepEqual(await sweep(folder), []);
    assert.deepEqual(await leftOf(folder, ids), []);
  });

  it("is not started in a folder in which something is", async () => {
    const folder = await emptyFolder();
    await writeFile(join(folder, "precious"), "");
    await assert.rejects(startCluster({ folder, environment }), { code: "cluster" });
    assert.deepEqual(await readdir(folder), ["precious"]);
  });

  it("says what a server said when it does not start, and leaves nothing", async () => {
    const folder = await emptyFolder();
    const broken = await temporaryFolder();
    await writeFile(join(broken, "consul"), "#!/bin/sh\necho no consul today\nexit 3\n", { mode: 0o755 });
    const path = `${broken}:${environment["PATH"] ?? ""}`;
    await assert.rejects(
      startCluster({ folder, environment: { ...environment, PATH: path } }),
      /no consul today/,
    );
    assert.deepEqual(await leftOf(folder), []);
  });
});
