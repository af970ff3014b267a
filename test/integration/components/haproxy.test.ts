import assert from "node:assert/strict";
import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { IncomingMessage } from "node:http";
import { renderHaproxyJob } from "../../../components/haproxy/job.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { haproxyOf } from "../../unit/components/descriptions.ts";
import { deleteKeys, deregisterInstance, registerInstance, setKey } from "./consul.ts";
import { serversOf, untilServers } from "./haproxy-stats.ts";
import { purge, register } from "./nomad.ts";
import { startServer, type WebServer } from "./web-server.ts";

const service = "front";
const traffic = "nary/default/front/run/traffic";

describe("HAProxy as a job on a real Nomad", function () {
  this.timeout(120_000);
  let port: number;
  let statsPort: number;
  let stable: WebServer;
  let other: WebServer;
  let canary: WebServer;
  const registered = new Set<string>();
  /** What the stable server was asked. */
  const asked: IncomingMessage[] = [];

  const add = async (name: string, id: string, to: number, address?: string) => {
    registered.add(id);
    await registerInstance(name, id, to, address);
  };
  const remove = async (id: string) => {
    registered.delete(id);
    await deregisterInstance(id);
  };
  const nameOf = (side: string, server: WebServer) => `${side}_127.0.0.1_${server.port}`;
  const usual = () => [nameOf(service, stable), nameOf(service, other)];

  /** Status of an answer to a path that is sent as it is written. */
  async function ask(path: string, method = "GET"): Promise<number | string> {
    const { promise, resolve } = Promise.withResolvers<number | string>();
    const sent = request({ port, host: "127.0.0.1", path, method, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on("error", ({ message }) => {
      resolve(message);
    });
    sent.end();
    return await promise;
  }

  before(async () => {
    const { fixedPort } = await sharedCluster();
    [port, statsPort] = [fixedPort(), fixedPort()];
    stable = await startServer((message, response) => {
      asked.push(message);
      if (message.url?.startsWith("/cut") === true) message.socket.destroy();
      else response.end("stable");
    });
    [other, canary] = await Promise.all([startServer(), startServer()]);
    await Promise.all([
      add(service, "front-1", stable.port),
      add(service, "front-2", other.port),
      add(`${service}-canary`, "front-canary-1", canary.port),
    ]);
    await register(renderHaproxyJob(haproxyOf({ service, port, statsPort, cpu: 50, memory: 64 })));
    await untilServers(statsPort, usual(), 20);
  });

  after(async () => {
    await purge(`${service}-haproxy`);
    await Promise.all([...registered].map(remove));
    await deleteKeys("nary/default/front/");
    await Promise.all([stable, other, canary].map(({ close }) => close()));
  });

  it("answers, and tells the server who asked", async () => {
    asked.length = 0;
    assert.deepEqual([await ask("/"), await ask("/")], [200, 200]);
    assert.deepEqual(
      asked.map(({ headers }) => headers["x-forwarded-for"]),
      ["127.0.0.1"],
      "one of the two",
    );
  });

  it("has canaries exactly while their traffic is on", async () => {
    const switched = async (state: "on" | "off", names: string[]) => {
      await setKey(traffic, state);
      await untilServers(statsPort, names);
    };
    for (let round = 0; round < 3; round++) {
      await switched("on", [...usual(), nameOf("canary", canary)]);
      await switched("off", usual());
    }
  });

  it("shares requests evenly among canaries and stable servers", async () => {
    await setKey(traffic, "on");
    await untilServers(statsPort, [...usual(), nameOf("canary", canary)]);
    asked.length = 0;
    for (let count = 0; count < 30; count++) assert.equal(await ask("/"), 200);
    assert.equal(asked.length, 10);
    await setKey(traffic, "off");
    await untilServers(statsPort, usual());
  });

  it("denies the counter route to the outside, however it is written", async () => {
    for (const path of [
      "/api/errorAndRequestCount",
      "//API/error%41ndRequestCount/",
      "/x/../api/errorAndRequestCount?a=b",
    ]) {
      assert.equal(await ask(path), 403, path);
    }
    assert.equal(await ask("/api/errorAndRequestCounts"), 200);
    assert.equal(await ask(`http://127.0.0.1:${port}/api/errorAndRequestCount`), 403);
  });

  it("asks another server when one gave no answer, but never does a POST twice", async () => {
    asked.length = 0;
    for (let count = 0; count < 4; count++) assert.equal(await ask("/cut"), 200);
    assert.ok(asked.length >= 1);
    asked.length = 0;
    const answers = await Promise.all(["a", "b", "c", "d"].map((name) => ask(`/cut?${name}`, "POST")));
    assert.ok(answers.some((answer) => answer !== 200));
    const once = new Set(asked.map(({ url }) => url));
    assert.equal(once.size, asked.length, "a request was sent twice");
  });

  it("has stats page and exporter on loopback", async () => {
    const page = await fetch(`http://127.0.0.1:${statsPort}/`).then((response) => response.text());
    assert.match(page, /Statistics Report/);
    const metrics = await fetch(`http://127.0.0.1:${statsPort}/metrics`).then((response) => response.text());
    assert.match(metrics, /haproxy_server_http_responses_total\{proxy="front",server="front_127/);
  });

  it("is not disturbed by an instance that is registered twice or has no proper address", async () => {
    await add(service, "front-again", stable.port);
    await add(service, "front-odd", 80, "bad address\n  server x");
    await add(service, "front-nowhere", 80, "nowhere.invalid");
    await untilServers(statsPort, [...usual(), "front_nowhere.invalid_80"], 20);
    for (const id of ["front-again", "front-odd", "front-nowhere"]) await remove(id);
    await untilServers(statsPort, usual(), 20);
    assert.equal(await ask("/"), 200);
  });

  it("keeps its servers when Consul knows none any more, and takes the next ones", async () => {
    await Promise.all([remove("front-1"), remove("front-2")]);
    await sleep(1500);
    assert.equal(Object.keys((await serversOf(statsPort)) ?? {}).length > 0, true);
    assert.equal(await ask("/"), 200);
    await add(service, "front-2", other.port);
    await untilServers(statsPort, [nameOf(service, other)]);
  });
});
