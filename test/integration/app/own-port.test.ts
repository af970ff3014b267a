import assert from "node:assert/strict";
import { connect } from "node:net";
import { z } from "zod";
import { startService, type Service } from "./process.ts";
import { toldBy, toldWhen } from "./told.ts";

const address = z.object({ address: z.literal("127.0.0.1"), port: z.number() });

describe("counts on a port of their own", function () {
  this.timeout(20_000);
  let service: Service;

  beforeEach(async () => {
    service = await startService("own-port-service.ts");
  });

  afterEach(() => service.end());

  async function ownUrl(): Promise<string> {
    const { port } = address.parse(await (await fetch(service.url)).json());
    return `http://127.0.0.1:${port}`;
  }

  it("are told there, and where the service answers their route is one of its own", async () => {
    const own = await ownUrl();
    assert.equal((await toldWhen(own, 1)).requestCount, 1);
    await (await fetch(`${service.url}/api/errorAndRequestCount`)).text();
    assert.equal((await toldWhen(own, 2)).requestCount, 2);
    assert.equal((await fetch(`${own}/status`)).status, 404);
    assert.equal((await toldBy(own)).requestCount, 2);
  });

  it("have each request once of those that come at once, and one after another, on a connection", async () => {
    const own = await ownUrl();
    const socket = connect({ port: Number(new URL(service.url).port), host: "127.0.0.1" });
    const request = "GET / HTTP/1.1\r\nhost: api\r\n\r\n";
    socket.write(request.repeat(20));
    await toldWhen(own, 21);
    for (let sent = 0; sent < 5; sent += 1) {
      socket.write(request);
      await toldWhen(own, 22 + sent);
    }
    socket.destroy();
    const { requestCount, failedRequests } = await toldBy(own);
    assert.deepEqual([requestCount, failedRequests], [26, 0]);
  });
});
