import assert from "node:assert/strict";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { sharedCluster } from "../../support/cluster.ts";
import { startService, type Service } from "../../integration/app/process.ts";
import { toldBy } from "../../integration/app/told.ts";
import { nameOf, startHaproxy, type RunningHaproxy } from "../../integration/components/haproxy-process.ts";
import { serversOf } from "../../integration/components/haproxy-stats.ts";
import { keepAliveClients, pipelinedClients, type Load } from "./clients.ts";

const restarts = 100;
const mostMs = 20_000;
const instanceFile = "../../slow/app-life/instance.ts";

/** Waits for HAProxy to take a server for what is wanted of it. */
async function untilStatus(statsPort: number, name: string, status: string): Promise<void> {
  const begin = performance.now();
  for (;;) {
    const found = (await serversOf(statsPort))?.[name];
    if (found === status) return;
    if (performance.now() - begin > mostMs)
      throw new Error(`${name} is ${found ?? "not there"}, not ${status}`);
    await sleep(30);
  }
}

describe("instances with the kit behind HAProxy", function () {
  this.timeout(300_000);
  const instances: Service[] = [];
  const loads: Load[] = [];
  let haproxy: RunningHaproxy | undefined;

  afterEach(async () => {
    await Promise.all(loads.splice(0).map((load) => load.end()));
    await haproxy?.stop();
    await Promise.all(instances.splice(0).map((instance) => instance.end()));
  });

  const start = (port: number, env: Record<string, string> = {}) =>
    startService(instanceFile, { PORT: String(port), ...env });

  it(`lose no request over ${restarts} rolling restarts, neither of clients that keep a connection nor of pipelined ones`, async () => {
    const { fixedPort } = await sharedCluster();
    const port = fixedPort();
    const servers = Array.from({ length: 3 }, () => ({ port: fixedPort(), close: () => Promise.resolve() }));
    for (const server of servers) instances.push(await start(server.port));
    haproxy = await startHaproxy({
      service: "life",
      stable: servers,
      canaries: [],
      traffic: "off",
      args: { port, checkIntervalSeconds: 0.1 },
    });
    const { statsPort } = haproxy;
    const up = (server: (typeof servers)[number]) => untilStatus(statsPort, nameOf("life")(server), "UP");
    for (const server of servers) await up(server);
    loads.push(keepAliveClients(port, 4), pipelinedClients(port, 2));

    for (let restarted = 0; restarted < restarts; restarted += 1) {
      const at = restarted % servers.length;
      const [server, instance] = [servers[at], instances[at]];
      assert(server !== undefined && instance !== undefined);
      const exited = once(instance.process, "exit");
      instance.process.kill("SIGTERM");
      assert.deepEqual(await exited, [0, null]);
      instances[at] = await start(server.port);
      await up(server);
    }

    await Promise.all(loads.map((load) => load.end()));
    for (const load of loads) assert.ok(load.sent() > restarts, `${load.sent()} requests`);
    assert.deepEqual(
      loads.flatMap(({ lost }) => lost),
      [],
    );
  });

  it("have a canary that is asked no more after its first error", async () => {
    const { fixedPort } = await sharedCluster();
    const port = fixedPort();
    const [stable, canary] = [fixedPort(), fixedPort()].map((its) => ({
      port: its,
      close: () => Promise.resolve(),
    }));
    assert(stable !== undefined && canary !== undefined);
    instances.push(await start(stable.port));
    const released = await start(canary.port, { NARY_ROLE: "canary" });
    instances.push(released);
    haproxy = await startHaproxy({
      service: "quarantine",
      stable: [stable],
      canaries: [canary],
      traffic: "on",
      args: { port, checkIntervalSeconds: 0.1 },
    });
    await untilStatus(haproxy.statsPort, nameOf("canary")(canary), "UP");
    const ask = async () => (await fetch(`http://127.0.0.1:${port}/error`)).status;
    const counted = async () => {
      const { requestCount, errorCount, failedRequests, ended } = await toldBy(released.url);
      return { requestCount, errorCount, failedRequests, ended };
    };
    // The client may have had its answer from production all the same.
    while ((await counted()).errorCount === 0) await ask();
    await untilStatus(haproxy.statsPort, nameOf("canary")(canary), "DOWN");
    const before = await counted();
    for (let asked = 0; asked < 20; asked += 1) assert.equal(await ask(), 200);
    const after = await counted();
    assert.deepEqual(after, before);
  });
});
