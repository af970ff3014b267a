import assert from "node:assert/strict";
import { Agent, createServer } from "node:http";
import { startHaproxy } from "../../integration/components/haproxy-process.ts";
import { listening } from "../../integration/components/web-server.ts";

const requests = 2_000;

describe("the errors of two canaries of six servers, which fail every 50th request", function () {
  this.timeout(120_000);

  /** A service in this process that fails a share of its requests, evenly spread. */
  const startService = (errorRate: number) => {
    let count = 0;
    const server = createServer(({ url }, response) => {
      if (url === "/status") return void response.end();
      count += 1;
      const fails = Math.floor(count * errorRate) > Math.floor((count - 1) * errorRate);
      response.writeHead(fails ? 500 : 200).end();
    });
    return listening(server);
  };

  /** Errors that clients saw. */
  async function clientErrors(shield: boolean) {
    const stable = await Promise.all([0, 0, 0, 0].map(startService));
    const canaries = await Promise.all([0.02, 0.02].map(startService));
    const haproxy = await startHaproxy({
      service: "blast",
      stable,
      canaries,
      traffic: "on",
      args: { shield },
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    let [sent, errors] = [0, 0];
    try {
      const clients = Array.from({ length: 8 }, async () => {
        while (sent < requests) {
          sent += 1;
          if ((await haproxy.ask({ agent })).status !== 200) errors += 1;
        }
      });
      await Promise.all(clients);
    } finally {
      agent.destroy();
      await haproxy.stop();
      await Promise.all([...stable, ...canaries].map(({ close }) => close()));
    }
    return errors;
  }

  it("reach no client who reads under a policy that tolerates errors, where canaries stay", async () => {
    assert.equal(await clientErrors(true), 0);
    const errors = await clientErrors(false);
    assert.ok(errors >= 12, `${errors}`);
  });
});
