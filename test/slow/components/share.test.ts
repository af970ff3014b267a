import assert from "node:assert/strict";
import { Agent } from "node:http";
import { startHaproxy } from "../../integration/components/haproxy-process.ts";
import { startServer, type WebServer } from "../../integration/components/web-server.ts";

const requests = 20_000;

describe("a share of 20,000 requests", function () {
  this.timeout(120_000);
  let servers: WebServer[] = [];

  afterEach(async () => {
    await Promise.all(servers.map(({ close }) => close()));
    servers = [];
  });

  /** The share of the canaries when so many requests come from eight connections. */
  async function shareOf(line: string, stableCount: number, canaryCount: number): Promise<number> {
    let got = 0;
    const stable = await Promise.all(Array.from({ length: stableCount }, () => startServer()));
    const canaries = await Promise.all(
      Array.from({ length: canaryCount }, () =>
        startServer((_, response) => {
          got += 1;
          response.end("canary");
        }),
      ),
    );
    servers = [...stable, ...canaries];
    const haproxy = await startHaproxy({ service: "shared", stable, canaries, traffic: line });
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    let sent = 0;
    try {
      const clients = Array.from({ length: 8 }, async () => {
        while (sent < requests) {
          sent += 1;
          assert.equal((await haproxy.ask({ agent })).status, 200);
        }
      });
      await Promise.all(clients);
    } finally {
      agent.destroy();
      await haproxy.stop();
    }
    return got / requests;
  }

  for (const [stable, canaries, line, share] of [
    [3, 1, "on share=500", 0.05],
    [6, 2, "on share=500", 0.05],
    [16, 8, "on share=500", 0.05],
    [2, 3, "on share=6000", 0.6],
    [3, 1, "on", 0.25],
  ] as const) {
    it(`is that of "${line}" within a tenth with ${stable} stable servers and ${canaries} canaries`, async () => {
      const given = await shareOf(line, stable, canaries);
      assert.ok(Math.abs(given / share - 1) <= 0.1, `${given * 100} %`);
    });
  }
});
