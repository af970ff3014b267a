import assert from "node:assert/strict";
import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Consul } from "../../../gate/clients/consul.ts";
import { Witness } from "../../../gate/witness/witness.ts";
import { serviceName } from "../../../settings/names.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { deregisterInstance, registerInstance } from "../components/consul.ts";
import { untilServers } from "../components/haproxy-stats.ts";
import { ScriptedHaproxy } from "../components/scripted-haproxy.ts";
import { closedPort, startServer, type WebServer } from "../components/web-server.ts";
import { eventually } from "./job.ts";

const service = serviceName.parse("api");

/** Servers that fail in one way each; `/status` of all is well. */
const failing = {
  error: () => startServer((_, response) => void response.writeHead(500).end("no")),
  reset: () => startServer((request) => void request.socket.resetAndDestroy()),
  empty: () => startServer((request) => void request.socket.destroy()),
  cut: () =>
    startServer((request, response) => {
      response.writeHead(200, { "content-length": 100 }).write("half", () => {
        request.socket.destroy();
      });
    }),
} as const;

describe("HAProxy as a witness", function () {
  this.timeout(40_000);
  let consul: Consul;
  let place: { port: number; statsPort: number; environment: NodeJS.ProcessEnv };
  let haproxy: ScriptedHaproxy;
  let witness: Witness;
  let warnings: string[];
  let stable: WebServer;
  const servers: WebServer[] = [];
  const registered: string[] = [];

  before(async () => {
    const cluster = await sharedCluster();
    consul = new Consul(new URL(cluster.consulAddress));
    place = {
      port: cluster.fixedPort(),
      statsPort: cluster.fixedPort(),
      environment: { ...cluster.environment },
    };
    stable = await startServer();
  });

  beforeEach(async () => {
    warnings = [];
    haproxy = await ScriptedHaproxy.prepare(place);
    await register(place.statsPort);
    witness = open();
  });

  afterEach(async () => {
    await witness.close();
    await haproxy.end();
    for (const id of registered.splice(0)) await deregisterInstance(id);
    for (const server of servers.splice(0)) await server.close();
  });

  after(() => Promise.all([stable.close(), consul.close()]));

  function open(): Witness {
    return new Witness({
      consul,
      service,
      answerSeconds: 1,
      onNews: () => undefined,
      onWarning: (why) => warnings.push(why),
    });
  }

  async function register(port: number): Promise<void> {
    const id = `api-haproxy-${port}`;
    registered.push(id);
    await registerInstance("api-haproxy", id, port);
  }

  async function server(kind: () => Promise<WebServer>): Promise<WebServer> {
    const started = await kind();
    servers.push(started);
    return started;
  }

  const canaryName = ({ port }: { port: number }) => `canary_127.0.0.1_${port}`;
  const stableName = () => `api_127.0.0.1_${stable.port}`;

  /** Brings HAProxy up with these canaries beside a stable server. */
  async function start(canaries: readonly { port: number }[]): Promise<void> {
    const names = [stableName(), ...canaries.map(canaryName)];
    await haproxy.start(names);
    await untilServers(place.statsPort, names);
    await look();
    witness.mark();
  }

  async function look(): Promise<void> {
    await eventually("an answer of HAProxy", async () => {
      witness.ask();
      await sleep(30);
      return witness.counts("canary") === null ? undefined : true;
    });
    witness.ask();
    await sleep(300);
  }

  async function send(times: number, method = "GET", abortMs = 0): Promise<void> {
    const agent = new Agent({ keepAlive: false });
    for (let time = 0; time < times; time++) {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const sent = request({ port: place.port, host: "127.0.0.1", method, agent }, (response) => {
        response.resume().on("close", () => {
          resolve(undefined);
        });
      });
      sent.on("error", () => {
        resolve(undefined);
      });
      sent.end();
      if (abortMs > 0) setTimeout(() => sent.destroy(), abortMs);
      await promise;
    }
  }

  async function seen() {
    await look();
    return { canary: witness.counts("canary"), production: witness.counts("production") };
  }

  it("counts the requests of both sides, and neither health checks nor itself", async () => {
    await start([await server(() => startServer())]);
    await send(20);
    await sleep(600);
    const { canary, production } = await seen();
    const all = { requests: 10, serverErrors: 0, brokenAnswers: 0, clientErrors: 0 };
    assert.deepEqual([canary, production], [all, all]);
    assert.deepEqual(witness.unknown, []);
    assert.ok((witness.meanMs("canary") ?? -1) >= 0);
  });

  for (const [kind, expected] of [
    ["error", { requests: 10, serverErrors: 10, brokenAnswers: 0, clientErrors: 10 }],
    ["cut", { requests: 10, serverErrors: 0, brokenAnswers: 10, clientErrors: 10 }],
  ] as const) {
    it(`counts a canary whose answers are: ${kind}`, async () => {
      await start([await server(failing[kind])]);
      await send(20, "POST");
      const { canary, production } = await seen();
      assert.deepEqual(canary, expected);
      assert.equal(production?.brokenAnswers, 0);
    });
  }

  for (const kind of ["reset", "empty"] as const) {
    it(`sees what a canary cannot report itself: ${kind} answers`, async () => {
      await start([await server(failing[kind])]);
      await send(20, "POST");
      const { canary } = await seen();
      assert.ok((canary?.brokenAnswers ?? 0) >= 10);
      assert.deepEqual([canary?.requests, canary?.serverErrors, canary?.clientErrors], [0, 0, 10]);
    });
  }

  it("sees refused connections, which no client does", async () => {
    const gone = await startServer();
    await start([gone]);
    await gone.close();
    // HAProxy's own checks take it away soon.
    await send(4, "POST");
    const { canary } = await seen();
    assert.ok((canary?.brokenAnswers ?? 0) >= 1);
    assert.equal(canary?.clientErrors, 0);
  });

  it("does not take a client that goes away for a failure", async () => {
    await start([
      await server(() => startServer((_, response) => void setTimeout(() => response.end("late"), 300))),
    ]);
    await send(6, "GET", 50);
    await sleep(500);
    const { canary } = await seen();
    assert.deepEqual([canary?.brokenAnswers, canary?.serverErrors, canary?.clientErrors], [0, 0, 0]);
  });

  it("carries the counts over reloads, each once", async () => {
    const canary = await server(failing.error);
    await start([canary]);
    const names = [stableName(), canaryName(canary)];
    for (let round = 1; round <= 4; round++) {
      await send(10, "POST");
      const other = `api_127.0.0.1_${await closedPort()}`;
      await haproxy.render(haproxy.configurationOf([...names, other]));
      await untilServers(place.statsPort, [...names, other]);
      await haproxy.render(haproxy.configurationOf(names));
      await untilServers(place.statsPort, names);
      const { canary: counts } = await seen();
      assert.equal(counts?.serverErrors, counts?.requests);
      assert.ok(Math.abs((counts?.requests ?? 0) - 5 * round) <= round, JSON.stringify(counts));
    }
  });

  it("goes on after a restart of HAProxy", async () => {
    const canary = await server(() => startServer());
    await start([canary]);
    await send(20);
    assert.equal((await seen()).canary?.requests, 10);
    await haproxy.end();
    await sleep(1_100);
    haproxy.run();
    await untilServers(place.statsPort, [stableName(), canaryName(canary)]);
    await send(20);
    assert.equal((await seen()).canary?.requests, 20);
  });

  it("leaves out what was counted before the mark, also of one that is heard of late", async () => {
    const canary = await server(() => startServer());
    await start([canary]);
    await send(20);
    await look();
    witness.mark();
    await send(4);
    assert.equal((await seen()).canary?.requests, 2);
    const late = open();
    late.mark();
    await eventually("an answer", async () => {
      late.ask();
      await sleep(30);
      return late.counts("canary") ?? undefined;
    });
    assert.equal(late.counts("canary")?.requests, 0);
    await late.close();
  });

  it("says which HAProxy it cannot ask, and goes on with the others", async () => {
    const canary = await server(() => startServer());
    await start([canary]);
    await register(await closedPort());
    await send(20);
    assert.equal((await seen()).canary?.requests, 10);
    await eventually("the sentence", async () => {
      await look();
      return witness.unknown.length > 0 || undefined;
    });
    assert.match(witness.unknown.join(), /What the HAProxy at 127.0.0.1:\d+ on .* counts: .*ECONNREFUSED/);
    assert.ok(warnings.some((why) => why.includes("ECONNREFUSED")));
  });
});
