import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import { UsageError } from "../../../gate/errors.ts";
import type { Target } from "../../../gate/smoke/smoke.ts";
import { eventually } from "./job.ts";
import { first, health, host, second, serve, smoked, statuses, whyOf } from "./smoked.ts";
import { listen } from "./sockets.ts";

describe("smoke tests of instances", function () {
  this.timeout(20_000);

  it("pass after enough good answers in a row, and a bad one begins the count anew", async () => {
    await using server = await statuses(503, 200, 200, 500, 200, 200, 200);
    const { end, events, sent } = await smoked([server.port], [{ ...health, passes: 3 }], {
      smokeSeconds: 10,
    });
    assert.deepEqual(end, { type: "passed" });
    assert.equal(server.asked(), 7);
    assert.equal(sent.get(first), 7);
    assert.deepEqual(events, [
      {
        event: "smoke",
        test: "health",
        instance: "1a2b3c4d",
        ok: true,
        tries: 7,
        why: "passed 3 times in a row",
      },
      { event: "smoked", tests: 1, instances: 1, requests: 7 },
    ]);
  });

  it("fail when the time is over, by what was wrong at last", async () => {
    await using server = await statuses(500, 503);
    const result = await smoked([server.port], [health]);
    const why = whyOf(result);
    assert.match(
      why,
      /^canary 1a2b3c4d: GET \/health answered 503, 200 was expected: answer \d+ \(after \d+ tries\)$/,
    );
    const [event] = result.events;
    assert.ok(event?.event === "smoke" && !event.ok && event.tries > 1 && event.why === why);
    assert.equal(result.events.length, 1);
  });

  it("fail on an instance that is now well and now not, when that is never long enough", async () => {
    await using server = await serve((_, response) => {
      flips += 1;
      response.writeHead(flips % 2 === 0 ? 200 : 500).end();
    });
    let flips = 0;
    const why = whyOf(await smoked([server.port], [{ ...health, passes: 2 }]));
    assert.match(
      why,
      /answered 500, 200 was expected|gave 1 of 2 good answers in a row in time; before, it answered 500/,
    );
  });

  it("send what they say, in their order, one after the other on each instance and to all at once", async () => {
    const seen: string[] = [];
    const waiting: (() => void)[] = [];
    const handle = (name: string) => (request: IncomingMessage, response: ServerResponse) => {
      const { method, url, headers } = request;
      let body = "";
      request.on("data", (chunk) => (body += String(chunk)));
      request.on("end", () => {
        seen.push(
          `${name} ${method} ${url} ${String(headers["x-role"] ?? "")} ${headers.authorization ?? ""} ${body}`,
        );
        const answer = () => response.writeHead(201).end('{"found":{"ids":[1,2],"more":1}}');
        // The first test is answered when both instances have been asked.
        if (url !== "/first") return void answer();
        waiting.push(answer);
        if (waiting.length === 2) for (const each of waiting) each();
      });
    };
    await using one = await serve(handle("a"));
    await using two = await serve(handle("b"));
    const servers = [one, two];
    const tests = [
      { ...health, name: "first", path: "/first", status: 201 },
      {
        ...health,
        name: "second",
        method: "POST",
        path: "/search?q=a%20b",
        headers: { "x-role": "smoke" },
        headersFrom: { authorization: { env: "TOKEN" } },
        body: "{}",
        status: [200, 201],
        json: { found: { ids: [1, 2] } },
        bodyHas: "more",
      },
    ];
    const { end } = await smoked(
      servers.map(({ port }) => port),
      tests,
      {
        smokeSeconds: 10,
        environment: { TOKEN: "Bearer abc" },
      },
    );
    assert.equal(end.type, "passed");
    for (const name of ["a", "b"])
      assert.deepEqual(
        seen.filter((each) => each.startsWith(name)).map((each) => each.slice(2)),
        ["GET /first   ", "POST /search?q=a%20b smoke Bearer abc {}"],
      );
  });

  it("fail by one instance, though the others pass, and the one is told", async () => {
    await using one = await statuses(200);
    await using two = await statuses(500);
    const servers = [one, two];
    const result = await smoked(
      servers.map(({ port }) => port),
      [health],
    );
    assert.match(whyOf(result), /^canary 5e6f7a8b: /);
    assert.ok(!result.events.some(({ event }) => event === "smoked"));
  });

  it("fail by JSON that is not what was expected, and the place is told", async () => {
    await using server = await serve((_, response) => void response.end('{"db":{"up":false}}'));
    const why = whyOf(await smoked([server.port], [{ ...health, json: { db: { up: true } } }]));
    assert.match(
      why,
      /answered 200 with false at db\.up, true was expected: \{"db":\{"up":false\}\} \(after/,
    );
  });

  it("never tell a secret that an instance repeats", async () => {
    await using server = await serve(({ headers }, response) => {
      response.writeHead(401).end(`unknown: ${headers.authorization ?? ""}`);
    });
    const test = { ...health, headersFrom: { authorization: { env: "TOKEN" } } };
    const environment = { TOKEN: "Bearer planted-token" };
    const result = await smoked([server.port], [test], { environment });
    assert.match(whyOf(result), /answered 401, 200 was expected: unknown: \*\*\* \(/);
    assert.doesNotMatch(JSON.stringify(result.events), /planted/);
  });

  it("end with the reason when a secret has gone", async () => {
    await using one = await statuses(200);
    await using two = await statuses(200);
    const servers = [one, two];
    const tests = [{ ...health, headersFrom: { authorization: { env: "TOKEN" } } }];
    const ports = servers.map(({ port }) => port);
    await assert.rejects(smoked(ports, tests), (error) => error instanceof UsageError);
  });

  it("go on with the instance that Nomad starts in the place of one, and forget that one", async () => {
    await using old = await statuses(503);
    await using next = await statuses(200);
    let targets: Target[] = [{ id: first, address: { host, port: old.port } }];
    const testing = smoked(() => targets, [health], { smokeSeconds: 10, count: 1 });
    await eventually("a try", () => Promise.resolve(old.asked() > 1 || undefined));
    targets = [];
    const asked = old.asked();
    targets = [{ id: second, address: { host, port: next.port } }];
    const { end, events } = await testing;
    assert.equal(end.type, "passed");
    assert.ok(old.asked() <= asked + 1);
    assert.deepEqual(
      events.map((event) => (event.event === "smoke" ? `${event.instance} ${event.ok}` : event.event)),
      ["5e6f7a8b true", "smoked"],
    );
  });

  it("say nothing against the release when instances are missing", async () => {
    await using server = await statuses(200);
    const { end } = await smoked([server.port], [health], { count: 2 });
    assert.ok(end.type === "untested");
    assert.match(end.why, /^1 of 2 canaries passed the smoke tests within 1 s/);
  });

  it("end at once with their signal", async () => {
    await using server = await listen(() => undefined);
    const stop = new AbortController();
    const testing = smoked([server.port], [health], { smokeSeconds: 600, signal: stop.signal });
    await eventually("a try", () => Promise.resolve(server.connections() > 0 || undefined));
    stop.abort();
    await assert.rejects(testing, { name: "AbortError" });
  });
});
