import assert from "node:assert/strict";
import { startService, type Service } from "./process.ts";
import { toldWhen, type Told } from "./told.ts";

describe("a service on Express", function () {
  this.timeout(20_000);
  let service: Service;

  beforeEach(async () => {
    service = await startService("express-service.ts");
  });

  afterEach(() => service.end());

  async function ask(path: string, options: RequestInit = {}): Promise<{ status: number; body: string }> {
    const response = await fetch(`${service.url}${path}`, options);
    return { status: response.status, body: await response.text() };
  }

  /** How one request ended, and what was told of it. */
  async function endOf(path: string, options: RequestInit = {}): Promise<Told["ended"][number]> {
    await ask(path, options);
    const { ended } = await toldWhen(service.url, 1);
    return ended[0] ?? assert.fail("no request has ended");
  }

  for (const [path, route] of [
    ["/classes/12", "GET /classes/:id"],
    ["/classes/12/students/7", "GET /classes/:class/students/:id"],
    ["/classes/a%20b/students/a%20b", "GET /classes/:class/students/:id"],
    ["/sub/of/me", "GET /sub/of/:name"],
  ] as const) {
    it(`has the route of ${path} when its first query is made, and at its end`, async () => {
      const { route: last, first, queries } = await endOf(path);
      assert.deepEqual({ last, first, queries }, { last: route, first: route, queries: 1 });
    });
  }

  for (const [path, route] of [
    ["/classes/12/students", "GET /classes/:class/students"],
    ["/or", "GET /either,/or"],
    ["/flying", String.raw`GET /^\/fly/`],
    ["/nowhere/12", undefined],
  ] as const) {
    it(`has ${route ?? "no route"} for ${path}`, async () => {
      assert.equal((await endOf(path)).route, route);
    });
  }

  it("still reads the route and the path of its router where it did", async () => {
    assert.equal((await ask("/classes/12")).body, '["/classes","/:id"]');
  });

  it("has the route of what an error left, and its router's owner", async () => {
    const { route, first, area, team } = await endOf("/classes/12/broken");
    assert.deepEqual([route, first], ["GET /classes/:id/broken", "GET /classes/:id/broken"]);
    assert.deepEqual([area, team], ["classes", "core"]);
    const { logged } = await toldWhen(service.url, 1);
    const [log] = logged;
    assert.deepEqual(
      [log?.error, log?.["route"], log?.["area"], log?.["team"]],
      ["broken", "GET /classes/:id/broken", "classes", "storage"],
    );
  });

  it("books queries that a body's end or its parser leads to", async () => {
    const body = JSON.stringify({ a: "b".repeat(100_000) });
    const sent = { method: "POST", body, headers: { "content-type": "application/json" } };
    assert.equal((await ask("/parsed", sent)).body, body);
    await ask("/classes", sent);
    const { ended } = await toldWhen(service.url, 2);
    assert.deepEqual(
      ended.map(({ route, queries }) => [route, queries]),
      [
        ["POST /parsed", 1],
        ["POST /classes", 1],
      ],
    );
  });

  for (const [path, status, body, errors] of [
    ["/expected", 404, { error: "nobody of this name" }, 0],
    ["/client", 422, { error: "no such field" }, 0],
    ["/unknown", 500, { error: "server error" }, 1],
    ["/upstream", 500, { error: "server error" }, 1],
    ["/classes/12/broken", 500, { error: "server error" }, 1],
    ["/classes/%", 400, { error: "Failed to decode param '%'" }, 0],
  ] as const) {
    it(`answers ${path} with ${status}, and counts ${errors === 0 ? "no error" : "an error"}`, async () => {
      const response = await fetch(`${service.url}${path}`);
      assert.deepEqual([response.status, await response.json()], [status, body]);
      assert.equal(response.headers.get("cache-control"), null);
      const { errorCount, failedRequests, requestCount } = await toldWhen(service.url, 1);
      assert.deepEqual([errorCount, failedRequests, requestCount], [errors, errors, 1]);
    });
  }

  it("has a body that is no JSON for the client's error", async () => {
    const sent = { method: "POST", body: "{", headers: { "content-type": "application/json" } };
    assert.equal((await ask("/parsed", sent)).status, 400);
    const { errorCount, failedRequests } = await toldWhen(service.url, 1);
    assert.deepEqual([errorCount, failedRequests], [0, 0]);
  });

  it("cuts an answer that broke off half-way, and counts it as failed", async () => {
    await assert.rejects(ask("/classes/12/half"));
    const { errorCount, failedRequests, requestCount } = await toldWhen(service.url, 1);
    assert.deepEqual([errorCount, failedRequests, requestCount], [1, 1, 1]);
  });

  it("counts work that is no request of HTTP, with its own route, as failed when it rejects", async () => {
    assert.equal((await ask("/job")).body, '["Error: no mail","tidy"]');
    const { ended, failedRequests, errorCount } = await toldWhen(service.url, 3);
    assert.deepEqual(
      ended.map(({ route, team, queries }) => [route, team, queries]),
      [
        ["job mail", "mail", 1],
        ["job tidy", undefined, 0],
        ["GET /job", undefined, 0],
      ],
    );
    assert.deepEqual([failedRequests, errorCount], [1, 0]);
  });
});
