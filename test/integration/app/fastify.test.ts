import assert from "node:assert/strict";
import { startService, type Service } from "./process.ts";
import { toldWhen } from "./told.ts";

describe("a service on Fastify", function () {
  this.timeout(20_000);
  let service: Service;

  beforeEach(async () => {
    service = await startService("fastify-service.ts");
  });

  afterEach(() => service.end());

  it("answers the kit's routes, and counts what it answers itself", async () => {
    assert.equal((await fetch(`${service.url}/status`)).status, 200);
    assert.equal((await fetch(`${service.url}/nowhere`)).status, 404);
    const { requestCount, errorCount, ended } = await toldWhen(service.url, 1);
    assert.deepEqual([requestCount, errorCount], [1, 0]);
    assert.equal(ended[0]?.route, undefined);
  });

  it("has the route with its prefix, its owner, and its queries", async () => {
    await (await fetch(`${service.url}/classes/12`)).text();
    const [end] = (await toldWhen(service.url, 1)).ended;
    assert.deepEqual(end, {
      route: "GET /classes/:id",
      area: "classes",
      team: "core",
      queries: 2,
      end: { type: "finished", status: 200 },
    });
  });

  it("books the query of a handler that comes after a body", async () => {
    const body = JSON.stringify({ a: "b".repeat(100_000) });
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${service.url}/classes`, { method: "POST", body, headers });
    assert.equal(await response.text(), body);
    const [end] = (await toldWhen(service.url, 1)).ended;
    assert.deepEqual([end?.route, end?.queries], ["POST /classes", 1]);
  });

  for (const [path, status, message, errors] of [
    ["/expected", 404, "nobody of this name", 0],
    ["/unknown", 500, "server error", 1],
    ["/wanted", 400, "querystring must have required property 'name'", 0],
  ] as const) {
    it(`answers ${path} with ${status}, and counts ${errors === 0 ? "no error" : "an error"}`, async () => {
      const response = await fetch(`${service.url}${path}`);
      assert.deepEqual([response.status, await response.json()], [status, { error: message }]);
      const { errorCount, failedRequests, logged } = await toldWhen(service.url, 1);
      assert.deepEqual([errorCount, failedRequests], [errors, errors]);
      assert.deepEqual(
        logged.map(({ error, route }) => [error, route]),
        errors === 0 ? [] : [["a secret", "GET /unknown"]],
      );
    });
  }
});
