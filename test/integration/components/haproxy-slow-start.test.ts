import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { nameOf, startHaproxy, type RunningHaproxy } from "./haproxy-process.ts";
import { serversOf } from "./haproxy-stats.ts";
import { startServer, type WebServer } from "./web-server.ts";

const service = "nary-test-slow";

describe("HAProxy's slow start", function () {
  this.timeout(120_000);
  let haproxy: RunningHaproxy;
  const servers: WebServer[] = [];
  let isWell = true;

  before(async () => {
    servers.push(await startServer((_, response) => void response.end("steady")));
    servers.push(
      await startServer(
        (_, response) => void response.end("returning"),
        () => (isWell ? 200 : 503),
      ),
    );
    const args = { slowStartSeconds: 8 };
    haproxy = await startHaproxy({ service, stable: servers, canaries: [], traffic: "off", args });
  });

  after(async () => {
    await haproxy.stop();
    await Promise.all(servers.map(({ close }) => close()));
  });

  /** The part of so many requests that the returning server gets. */
  async function part(requests: number): Promise<number> {
    let returning = 0;
    for (let sent = 0; sent < requests; sent++) {
      const { body } = await haproxy.ask();
      if (body === "returning") returning++;
    }
    return returning / requests;
  }

  async function until(status: string): Promise<void> {
    const name = nameOf(service)(servers[1] ?? assert.fail("no server"));
    while (!(await serversOf(haproxy.statsPort))?.[name]?.startsWith(status)) await sleep(20);
  }

  it("lets a server that comes back have more and more, and one that is new its whole part at once", async () => {
    assert.ok((await part(40)) >= 0.4);
    isWell = false;
    await until("DOWN");
    assert.equal(await part(20), 0);
    isWell = true;
    await until("UP");
    const first = await part(60);
    assert.ok(first < 0.3, `it got ${first} of the first requests`);
    while ((await part(20)) < 0.4) await sleep(200);
  });
});
