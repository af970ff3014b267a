import assert from "node:assert/strict";
import { Agent } from "node:http";
import { startHaproxy } from "../../integration/components/haproxy-process.ts";
import type { WebServer } from "../../integration/components/web-server.ts";
import { createService } from "../../../demo/service/service.ts";
import { noFaults } from "../../../demo/service/faults.ts";
import { once } from "node:events";
import { z } from "zod";

const requests = 2_000;
const address = z.object({ port: z.number() });

describe("the errors of two canaries of six servers, which fail every 50th request", function () {
  this.timeout(120_000);

  /** The sample service in this process. */
  async function startService(errorRate: number): Promise<WebServer> {
    const { server } = createService({ ...noFaults, errorRate });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return {
      port: address.parse(server.address()).port,
      close: async () => {
        const closed = once(server, "close");
        server.close();
        server.closeAllConnections();
        await closed;
      },
    };
  }

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
