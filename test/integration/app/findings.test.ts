import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { receiver, type Receiver } from "../gate/receiver.ts";
import { startService, type Service } from "./process.ts";

const tally = z.object({
  queries: z.number(),
  items: z.number(),
  durationMs: z.number(),
  longestMs: z.number(),
});
const cost = tally.extend({
  route: z.string().nullable(),
  area: z.string().nullable(),
  team: z.string().nullable(),
  requestMs: z.number(),
  databases: z.record(z.string(), tally.extend({ tables: z.record(z.string(), tally) })),
  slowest: z.array(z.object({ tables: z.array(z.string()), text: z.string() })),
  stacks: z.object({ first: z.string().nullable(), loop: z.string().nullable() }),
});
const exceeded = z.array(z.object({ metric: z.string(), value: z.number(), limit: z.number() }));
const common = { team: z.string().nullable(), text: z.string(), heldBack: z.number() };
const alert = z.object({
  data: z.discriminatedUnion("type", [
    z.object({ type: z.literal("cost"), ...common, exceeded, report: cost }),
    z.object({
      type: z.literal("stall"),
      ...common,
      report: z.object({
        stallMs: z.number(),
        cpuMs: z.number(),
        open: z.number(),
        requests: z.array(cost),
      }),
    }),
  ]),
});
/** A busy machine makes stalls of its own. */
const noStalls = { STALL_MS: "Infinity" };
const line = z.object({ level: z.string(), message: z.string(), details: z.looseObject({}) });

describe("what the article found", function () {
  this.timeout(60_000);
  let service: Service;
  let hook: Receiver;
  let lines: z.infer<typeof line>[];

  async function start(env: Record<string, string> = {}): Promise<void> {
    hook = await receiver();
    lines = [];
    service = await startService(
      "costly-service.ts",
      { ALERTS: hook.url, SECRET: hook.secret, ...env },
      (text) => void lines.push(line.parse(JSON.parse(text))),
    );
  }

  afterEach(async () => {
    await service.end();
    await hook[Symbol.asyncDispose]();
  });

  async function get(path: string): Promise<Response> {
    const response = await fetch(`${service.url}${path}`);
    assert.equal(await response.text(), "ok");
    return response;
  }

  /** All alerts, once the first has come and others have had time to. */
  async function alerts() {
    await hook.until(1);
    await sleep(300);
    return hook.received.map(({ body, path, isGenuine }) => {
      assert.ok(isGenuine);
      return { to: path?.split("?to=")[1], ...alert.parse(JSON.parse(body)).data };
    });
  }

  it("is 30,000 queries of one request: one alert to its team, one log with all of it", async () => {
    await start(noStalls);
    await get("/fan-out?n=30000");
    await get("/fan-out?n=29000");
    await get("/cheap");
    const [first, ...others] = await alerts();
    assert.deepEqual(others, []);
    assert.ok(first?.type === "cost");
    assert.deepEqual([first.to, first.team, first.heldBack], ["reading", "reading", 0]);
    assert.match(
      first.text,
      /^One request of GET \/fan-out made 30,001 queries \(limit 200\), most of students, begun at query \(.*costly-service/,
    );
    const { route, area, queries, items, databases, stacks } = first.report;
    assert.deepEqual([route, area, queries, items], ["GET /fan-out", "classes", 30_001, 30_001]);
    assert.deepEqual(
      Object.entries(databases["postgres"]?.tables ?? {}).map(([name, each]) => [name, each.queries]),
      [
        ["students", 30_000],
        ["classes", 1],
      ],
    );
    assert.match(stacks.first ?? "", /^at query .*costly-service/);
    assert.match(stacks.loop ?? "", /at queries .*costly-service/);
    assert.equal(lines.length, 1);
    assert.deepEqual([lines[0]?.level, lines[0]?.message], ["warn", first.text]);
    assert.equal(cost.parse(lines[0]?.details).queries, 30_001);
  });

  it("is 500,000 items that one request fetched", async () => {
    await start(noStalls);
    await get("/items?n=500000");
    const [first, ...others] = await alerts();
    assert.deepEqual(others, []);
    assert.ok(first?.type === "cost");
    assert.equal(first.to, "sums");
    assert.equal(
      first.text,
      "One request of GET /items fetched 500,000 items (limit 20,000), most of points.",
    );
    assert.deepEqual(first.exceeded, [{ metric: "items", value: 500_000, limit: 20_000 }]);
    assert.equal(first.report.slowest[0]?.text, "SELECT * FROM points");
  });

  it("is an event loop that stood still: to the team whose request was active last, with those that waited", async () => {
    await start();
    const waiting = get("/waits?n=4000");
    await sleep(200);
    const blocked = await get("/blocked?n=2000");
    const [first, ...others] = await alerts();
    assert.deepEqual(others, []);
    assert.ok(first?.type === "stall");
    assert.deepEqual([first.to, first.team], ["sums", "sums"]);
    assert.match(
      first.text,
      /^The event loop stood still for [2-9]\.\d s: GET \/blocked was active last, and 1 more waited/,
    );
    const { stallMs, open, requests } = first.report;
    const blockedMs = Number(blocked.headers.get("x-blocked-ms"));
    assert.ok(Math.abs(stallMs / blockedMs - 1) <= 0.05, `${stallMs} of ${blockedMs}`);
    assert.equal(open, 2);
    assert.deepEqual(
      requests.map(({ route, items }) => [route, items]),
      [
        ["GET /blocked", 3],
        ["GET /waits", 1],
      ],
    );
    const told = await fetch(`${service.url}/api/errorAndRequestCount`);
    const { eventLoopLag } = z
      .object({ eventLoopLag: z.object({ maxMs: z.number() }) })
      .parse(await told.json());
    assert.ok(Math.abs(eventLoopLag.maxMs - stallMs) < 1, `${eventLoopLag.maxMs}`);
    await waiting;
  });

  it("is nothing where the route has limits of its own", async () => {
    await start(noStalls);
    await get("/patient?n=1000");
    await get("/items?n=500000");
    assert.deepEqual(
      (await alerts()).map(({ to }) => to),
      ["sums"],
    );
  });
});
