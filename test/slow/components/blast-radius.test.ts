import assert from "node:assert/strict";
import { Agent } from "node:http";
import { startHaproxy } from "../../integration/components/haproxy-process.ts";
import type { WebServer } from "../../integration/components/web-server.ts";
import { createService } from "../../../demo/service/service.ts";
import { noFaults } from "../../../demo/service/faults.ts";
import { once } from "node:events";
import { z } from "zod";

const requests = 20_000;
const address = z.object({ port: z.number() });

describe("20,000 requests to six servers, of which two canaries fail every 50th", function () {
  this.timeout(120_000);

  /** The sample service in this process. */
  async function startService(errorRate: number, quarantine: boolean): Promise<WebServer> {
    const { server } = createService({ ...noFaults, errorRate }, { quarantine });
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
  async function clientErrors(method: string, traffic: string, quarantine: boolean, shield: boolean) {
    const stable = await Promise.all([0, 0, 0, 0].map((rate) => startService(rate, false)));
    const canaries = await Promise.all([0.02, 0.02].map((rate) => startService(rate, quarantine)));
    const haproxy = await startHaproxy({ service: "blast", stable, canaries, traffic, args: { shield } });
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    let [sent, errors] = [0, 0];
    try {
      const clients = Array.from({ length: 8 }, async () => {
        while (sent < requests) {
          sent += 1;
          if ((await haproxy.ask({ method, agent })).status !== 200) errors += 1;
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

  it("are errors for every 150th client in a plain round robin", async () => {
    const errors = await clientErrors("GET", "on", false, false);
    assert.ok(errors >= 130 && errors <= 135, `${errors}`);
  });

  it("are no error for those who read, and at most one a canary for those who write", async () => {
    assert.equal(await clientErrors("GET", "on markdown", true, true), 0);
    const errors = await clientErrors("POST", "on markdown", true, true);
    assert.ok(errors >= 1 && errors <= 2, `${errors}`);
  });

  it("are no error for those who read under a policy that tolerates errors, where canaries stay", async () => {
    assert.equal(await clientErrors("GET", "on", false, true), 0);
  });
});
