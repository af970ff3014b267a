import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { startTraffic, type Traffic } from "../../../demo/traffic/start.ts";
import type { Counts } from "../../../demo/traffic/window.ts";

describe("traffic", function () {
  this.timeout(20_000);
  let server: Server;
  let traffic: Traffic | undefined;

  async function listen(
    answer: (response: ServerResponse, index: number, path: string) => void,
  ): Promise<string> {
    let index = 0;
    server = createServer(({ url = "" }, response) => {
      answer(response, (index += 1), url);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    assert.ok(typeof address === "object" && address !== null);
    return `http://127.0.0.1:${address.port}`;
  }

  afterEach(async () => {
    await traffic?.stop();
    traffic = undefined;
    server.closeAllConnections();
    server.close();
  });

  /** The first window in which there were requests: the process takes a moment to start. */
  async function firstWindow(running: Traffic): Promise<Counts> {
    for (;;) {
      await sleep(500);
      const counts = await running.nextWindow();
      if (counts.total > 0) return counts;
    }
  }

  it("keeps its rate, and counts by windows", async () => {
    const url = await listen((response) => response.end("hello"));
    traffic = startTraffic(url, 500, process.env);
    await firstWindow(traffic);
    await sleep(2_000);
    const { total, clientErrors, lost } = await traffic.nextWindow();
    assert.ok(total > 700 && total < 1_300, `${total} requests in 2 s`);
    assert.deepEqual({ clientErrors, lost }, { clientErrors: 0, lost: 0 });
  });

  it("asks for each path as often as for the others, and for one unless told", async () => {
    const asked = new Map<string, number>();
    const url = await listen((response, _, path) => {
      asked.set(path, (asked.get(path) ?? 0) + 1);
      response.end();
    });
    traffic = startTraffic(url, 300, process.env, ["/", "/classes/1", "/classes/2"]);
    await firstWindow(traffic);
    await traffic.stop();
    assert.deepEqual([...asked.keys()].sort(), ["/", "/classes/1", "/classes/2"]);
    const times = [...asked.values()];
    // What was on its way when it was stopped may be missing.
    assert.ok(Math.max(...times) - Math.min(...times) <= 10, times.join(", "));
    asked.clear();
    traffic = startTraffic(url, 300, process.env);
    await firstWindow(traffic);
    assert.deepEqual([...asked.keys()], ["/hello"]);
  });

  it("tells failed responses from requests that got none", async () => {
    let seen = 0;
    const url = await listen((response, index) => {
      seen += 1;
      if (index % 10 === 0) response.writeHead(503).end();
      else if (index % 10 === 5) response.socket?.destroy();
      else response.writeHead(404).end();
    });
    traffic = startTraffic(url, 200, process.env);
    await firstWindow(traffic);
    seen = 0;
    await sleep(1_000);
    const { total, clientErrors, lost } = await traffic.nextWindow();
    assert.ok(total >= 50 && total <= seen + 64, `${total} requests, ${seen} seen`);
    assert.ok(Math.abs(clientErrors - total / 10) <= 4, `${clientErrors} of ${total} failed`);
    assert.ok(Math.abs(lost - total / 10) <= 4, `${lost} of ${total} lost`);
  });

  it("counts requests to a server that is gone as lost", async () => {
    const url = await listen((response) => response.end());
    server.close();
    traffic = startTraffic(url, 100, process.env);
    const { total, lost } = await firstWindow(traffic);
    assert.equal(lost, total);
  });
});
