import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { nameOf, startHaproxy, type RunningHaproxy } from "./haproxy-process.ts";
import { serversOf } from "./haproxy-stats.ts";
import { startServer, type WebServer } from "./web-server.ts";

const service = "shielded";

describe("HAProxy while canaries fail", function () {
  this.timeout(120_000);
  let haproxy: RunningHaproxy;
  let servers: WebServer[];
  /** Requests that the canary got. */
  let failed: IncomingMessage[];

  type Handle = (request: IncomingMessage, response: ServerResponse) => void;
  const fine: Handle = (_, response) => void response.end("fine");
  const fail: Handle = (request, response) => {
    failed.push(request);
    response.writeHead(500).end("failed");
  };

  async function start(traffic: string, args: object = {}, handles = { stable: fine, canary: fail }) {
    const stable = await Promise.all([startServer(handles.stable), startServer(handles.stable)]);
    const canary = await startServer(handles.canary);
    servers = [...stable, canary];
    haproxy = await startHaproxy({ service, stable, canaries: [canary], traffic, args });
    return { stable, canary };
  }
  const statuses = async (count: number, method: string, headers = {}) => {
    const found: number[] = [];
    while (found.length < count) found.push((await haproxy.ask({ method, headers })).status);
    return found;
  };
  const errorsIn = (found: readonly number[]) => found.filter((status) => status === 500).length;

  beforeEach(() => {
    failed = [];
  });

  afterEach(async () => {
    await haproxy.stop();
    await Promise.all(servers.map(({ close }) => close()));
  });

  it("has another server answer GET and HEAD, and does nothing else twice", async () => {
    await start("on", { force: { header: "X-Side" } });
    for (const method of ["GET", "HEAD"]) {
      failed = [];
      assert.equal(errorsIn(await statuses(12, method)), 0, method);
      assert.ok(failed.length >= 3);
      assert.equal(errorsIn(await statuses(4, method, { "x-side": "canary" })), 0, `${method}, forced`);
    }
    for (const method of ["POST", "PUT", "DELETE"]) {
      failed = [];
      const errors = errorsIn(await statuses(12, method));
      assert.ok(errors >= 3, method);
      assert.equal(failed.length, errors);
    }
  });

  it("hands every error on when the shield is off", async () => {
    await start("on", { shield: false });
    assert.equal(errorsIn(await statuses(12, "GET")), 4);
  });

  it("does not multiply production's own errors while there is no canary", async () => {
    await start("off", {}, { stable: fail, canary: fine });
    assert.equal(errorsIn(await statuses(12, "GET")), 12);
    assert.equal(failed.length, 12);
  });

  it("sends nothing more to a canary after its first error where it is to be marked down, though its checks pass", async () => {
    const { canary } = await start("on markdown");
    assert.equal(errorsIn(await statuses(20, "POST")), 1);
    await sleep(1500);
    assert.equal((await serversOf(haproxy.statsPort))?.[nameOf("canary")(canary)]?.startsWith("DOWN"), true);
    assert.equal(errorsIn(await statuses(20, "POST")), 0);
    assert.equal(failed.length, 1);
  });

  it("never marks down a stable server", async () => {
    await start("on markdown", { shield: false }, { stable: fail, canary: fine });
    assert.equal(errorsIn(await statuses(12, "POST")), 8);
    assert.equal(errorsIn(await statuses(12, "POST")), 8);
  });
});

describe("HAProxy and a server that answers 404 on its status route", function () {
  this.timeout(120_000);

  it("sends it no more requests, and loses none, and takes it back when it wants some", async () => {
    let wanted = true;
    let got = 0;
    const leaving = await startServer(
      (_, response) => {
        got += 1;
        setTimeout(() => response.end("ok"), 20);
      },
      () => (wanted ? 200 : 404),
    );
    const staying = await startServer();
    const haproxy = await startHaproxy({
      service,
      stable: [leaving, staying],
      canaries: [],
      traffic: "off",
      args: { slowStartSeconds: 1 },
    });
    const status = async () => (await serversOf(haproxy.statsPort))?.[nameOf(service)(leaving)];
    const answers: number[] = [];
    let done = false;
    const clients = Array.from({ length: 4 }, async () => {
      while (!done) answers.push((await haproxy.ask({ method: "POST" })).status);
    });
    try {
      while (got < 5) await sleep(10);
      wanted = false;
      while ((await status()) !== "NOLB") await sleep(10);
      await sleep(100);
      const before = got;
      await sleep(300);
      assert.equal(got, before);
      wanted = true;
      while (got === before) await sleep(10);
    } finally {
      done = true;
      await Promise.all(clients);
      await haproxy.stop();
      await Promise.all([leaving, staying].map(({ close }) => close()));
    }
    assert.ok(
      answers.length > 20 && answers.every((answer) => answer === 200),
      JSON.stringify(answers.slice(0, 50)),
    );
  });
});
