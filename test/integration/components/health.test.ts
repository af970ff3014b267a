import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { renderCanaryJob } from "../../../components/job/canary.ts";
import { renderServiceJob } from "../../../components/job/production.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { canaryOf, serviceOf } from "../../unit/components/descriptions.ts";
import { complaints, healthOf, placements, purge, register } from "./nomad.ts";

const service = "health-test";
const job = `${service}-canary`;
const node = globalThis.process.execPath;
const script = (text: string) => ({ driver: "raw_exec", command: node, args: ["-e", text] });

/** Says on its second port, which is told by Nomad, that it is not ready. */
const main = `
const { createServer } = require("http");
const { PORT, HOST, NOMAD_PORT_admin } = process.env;
createServer((_, answer) => answer.end()).listen(PORT, HOST);
createServer(({ url, headers }, answer) =>
  answer.writeHead(url === "/ready" && headers.asked === "by-consul" ? 200 : 500).end(),
).listen(NOMAD_PORT_admin, HOST);`;

const often = { intervalSeconds: 1, timeoutSeconds: 1 };
const checks = [
  { type: "http", name: "ready", port: "admin", path: "/ready", headers: { asked: "by-consul" }, ...often },
  { type: "tcp", name: "open", port: "admin", ...often },
  { type: "grpc", name: "rpc", service: "a.B", tls: true, onUpdate: "ignore", ...often },
  {
    type: "script",
    name: "told",
    command: "/bin/sh",
    args: ["-c", 'test "$NARY_SERVICE" = health-test'],
    ...often,
  },
  {
    type: "script",
    name: "warns",
    sidecar: "beside",
    command: "/bin/false",
    onUpdate: "ignore_warnings",
    ...often,
  },
];
const changes = {
  service,
  count: 1,
  cpu: 20,
  memory: 64,
  shutdownDelaySeconds: 0,
  task: script(main),
  ports: { admin: {} },
  sidecars: [{ name: "beside", cpu: 20, memory: 64, task: script("setInterval(() => {}, 1000)") }],
  checks,
};

const inConsul = z.array(z.object({ Name: z.string(), Status: z.string() }));

async function statuses(): Promise<Record<string, string>> {
  const { consulAddress } = await sharedCluster();
  const response = await fetch(`${consulAddress}/v1/health/checks/${job}`);
  const found = inConsul.parse(await response.json());
  return Object.fromEntries(found.map(({ Name: name, Status: status }) => [name, status]));
}

describe("health checks and ports, as a real Nomad sees them", function () {
  this.timeout(120_000);

  it("are valid with each driver, without a warning", async () => {
    const docker = { ...changes, task: { driver: "docker" }, ports: { admin: {}, http: { to: 8080 } } };
    const exec = { ...changes, task: { driver: "exec", command: "run" } };
    for (const each of [docker, exec, changes]) {
      assert.deepEqual(await complaints(renderCanaryJob(canaryOf(each))), []);
      assert.deepEqual(await complaints(renderServiceJob(serviceOf(each))), []);
    }
  });

  it("are limited on a client where a port is static, whichever it is", async () => {
    for (const fixed of [81, 25_000]) {
      const given = { ...changes, ports: { admin: { static: fixed } } };
      assert.deepEqual(await placements(renderServiceJob(serviceOf(given))), { "health-test-group": 1 });
      // The loopback device may have two addresses.
      await assert.rejects(
        placements(renderServiceJob(serviceOf({ ...given, count: 3 }))),
        /DimensionExhausted/,
      );
    }
  });

  it("are done by Consul, and a canary is up when those that count pass", async () => {
    await register(renderCanaryJob(canaryOf(changes)));
    try {
      assert.equal(await healthOf(job), true);
      const end = performance.now() + 30_000;
      const expected = {
        liveness: "passing",
        routing: "passing",
        ready: "passing",
        open: "passing",
        rpc: "critical",
        told: "passing",
        warns: "warning",
      };
      while (!isDeepStrictEqual(await statuses(), expected) && performance.now() < end) await sleep(100);
      assert.deepEqual(await statuses(), expected);
    } finally {
      await purge(job);
    }
  });
});
