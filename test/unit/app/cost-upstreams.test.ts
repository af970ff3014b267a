import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { request as undiciRequest } from "undici";
import { instrumentUpstreams } from "../../../app/upstreams.ts";
import { asRequest, booked } from "../../support/requests.ts";

describe("what a request fetches from other services", () => {
  let server: Server;
  let host: string;

  before(async () => {
    instrumentUpstreams();
    instrumentUpstreams();
    server = createServer((request, response) => {
      if (request.url === "/broken") request.socket.destroy();
      else if (request.url === "/moved") response.writeHead(302, { location: "/" }).end();
      else response.writeEarlyHints({ link: "</a>; rel=preload" }, () => response.end("hello"));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    assert(typeof address === "object" && address !== null);
    host = `127.0.0.1:${address.port}`;
  });

  after(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });

  it("is booked by host, each response an item, whether by fetch or by undici", async () => {
    const request = await asRequest({}, async () => {
      await (await fetch(`http://${host}/secret?token=secret`)).text();
      await (await undiciRequest(`http://${host}/`)).body.text();
    });
    assert.deepEqual(booked(request), { queries: 2, items: 2, tables: { [host]: [2, 2] } });
    assert.deepEqual([...(request.cost?.databases.keys() ?? [])], ["upstream"]);
    assert.equal(request.cost?.slowest.length, 2);
    const { firstQuery, ...rest } = request.cost;
    assert(firstQuery !== undefined);
    assert.doesNotMatch(JSON.stringify(rest), /secret/);
  });

  it("is booked once for each answer that a redirect takes", async () => {
    const request = await asRequest({}, async () => {
      await (await fetch(`http://${host}/moved`)).text();
    });
    assert.deepEqual(booked(request).tables, { [host]: [2, 2] });
  });

  it("is booked without an item when nothing comes back", async () => {
    const request = await asRequest({}, () => assert.rejects(fetch(`http://${host}/broken`)));
    assert.deepEqual(booked(request).tables, { [host]: [1, 0] });
    assert.equal(request.cost?.slowest.length, 1);
  });

  it("is each request's own, whichever opened the connection", async () => {
    const counts = [1, 2, 3, 4, 5, 6, 7, 8];
    const requests = await Promise.all(
      counts.map((count) =>
        asRequest({}, () =>
          Promise.all(
            Array.from({ length: count }, async () => {
              await (await fetch(`http://${host}/`)).text();
            }),
          ),
        ),
      ),
    );
    assert.deepEqual(
      requests.map((request) => booked(request).tables[host]),
      counts.map((count) => [count, count]),
    );
  });
});
