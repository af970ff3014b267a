import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { Consul } from "../../../gate/clients/consul.ts";
import { untilAbsent, type Absence } from "../../../gate/witness/absence.ts";
import { mayGetRequests } from "../../../gate/witness/server-list.ts";
import { serviceName } from "../../../settings/names.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { deregisterInstance, registerInstance } from "../components/consul.ts";
import { untilServers } from "../components/haproxy-stats.ts";
import { ScriptedHaproxy } from "../components/scripted-haproxy.ts";
import { startServer, type WebServer } from "../components/web-server.ts";
import { closedPort, listen } from "./sockets.ts";

const service = serviceName.parse("api");

describe("whether HAProxies send a canary anything still", function () {
  this.timeout(60_000);
  let consul: Consul;
  let stable: WebServer;
  let canary: WebServer;
  let asked = 0;
  let names: { stable: string; canary: string };
  const places: { port: number; statsPort: number; environment: NodeJS.ProcessEnv }[] = [];
  const haproxies: ScriptedHaproxy[] = [];
  const registered: string[] = [];

  before(async () => {
    const cluster = await sharedCluster();
    consul = new Consul(new URL(cluster.consulAddress));
    for (let index = 0; index < 2; index++)
      places.push({
        port: cluster.fixedPort(),
        statsPort: cluster.fixedPort(),
        environment: { ...cluster.environment },
      });
    stable = await startServer();
    canary = await startServer((request, response) => {
      if (request.url !== "/status") asked += 1;
      response.end();
    });
    names = { stable: `api_127.0.0.1_${stable.port}`, canary: `canary_127.0.0.1_${canary.port}` };
  });

  afterEach(async () => {
    for (const haproxy of haproxies.splice(0)) await haproxy.end();
    for (const id of registered.splice(0)) await deregisterInstance(id);
  });

  after(() => Promise.all([stable.close(), canary.close(), consul.close()]));

  /** HAProxies that send requests to a canary too. */
  async function start(count: number): Promise<ScriptedHaproxy[]> {
    for (const place of places.slice(0, count)) {
      const haproxy = await ScriptedHaproxy.prepare(place);
      haproxies.push(haproxy);
      await register(place.statsPort);
      await haproxy.start([names.stable, names.canary]);
    }
    for (const { statsPort } of places.slice(0, count))
      await untilServers(statsPort, [names.stable, names.canary]);
    return haproxies;
  }

  async function register(port: number): Promise<void> {
    const id = `api-haproxy-${port}`;
    registered.push(id);
    await registerInstance("api-haproxy", id, port);
  }

  const ask = (seconds: number, answerSeconds = 1): Promise<Absence> =>
    untilAbsent({
      consul,
      service,
      answerSeconds,
      seconds,
      unwanted: (server) => server.name.startsWith("canary_") && mayGetRequests(server),
    });

  const withoutCanary = (haproxy: ScriptedHaproxy) => haproxy.render(haproxy.configurationOf([names.stable]));

  it("is known once each of them has reloaded, and then no request reaches the canary", async () => {
    const [one, other] = await start(2);
    assert.ok(one !== undefined && other !== undefined);
    let known: Absence | undefined;
    const asking = ask(20).then((absence) => (known = absence));
    await withoutCanary(one);
    await untilServers(places[0]?.statsPort ?? 0, [names.stable]);
    await sleep(300);
    assert.equal(known, undefined);
    await withoutCanary(other);
    assert.deepEqual(await asking, { haproxies: 2, unconfirmed: [] });
    asked = 0;
    for (let time = 0; time < 20; time++)
      for (const { port } of places) assert.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 200);
    assert.equal(asked, 0);
  });

  it("is told of one that keeps its canary, and does not wait for ever", async () => {
    const [one] = await start(2);
    assert.ok(one !== undefined);
    await withoutCanary(one);
    const asking = ask(1);
    const { haproxies: count, unconfirmed } = await asking;
    assert.equal(count, 2);
    assert.equal(unconfirmed.length, 1, unconfirmed.join());
    const where = `127.0.0.1:${places[1]?.statsPort}`;
    assert.match(
      unconfirmed.join(),
      new RegExp(`^the HAProxy at ${where} on \\S+ still has the server ${names.canary} \\(UP`),
    );
  });

  it("is not kept from being known by one that hangs, one that is gone, and one that is somebody else's", async () => {
    const [one, hanging] = await start(2);
    assert.ok(one !== undefined && hanging !== undefined);
    await withoutCanary(one);
    const pids = await hanging.stop();
    await using stranger = await listen((socket) => {
      socket.on("data", () => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
    });
    await register(stranger.port);
    await register((await closedPort()).port);
    try {
      const { haproxies: count, unconfirmed } = await ask(10, 0.5);
      assert.equal(count, 4);
      const said = unconfirmed.sort().join("\n");
      assert.equal(unconfirmed.length, 3, said);
      assert.match(
        said,
        new RegExp(`:${places[1]?.statsPort} on \\S+ cannot be asked: no answer within 0.5 s`),
      );
      assert.match(said, /cannot be asked: .*ECONNREFUSED/);
      assert.match(said, new RegExp(`:${stranger.port} on \\S+ cannot be asked: it is no HAProxy of Nary's`));
    } finally {
      for (const pid of pids) process.kill(pid, "SIGCONT");
    }
  });

  it("is nobody's to tell where no HAProxy is registered", async () => {
    assert.deepEqual(await ask(5), { haproxies: 0, unconfirmed: [] });
  });
});
