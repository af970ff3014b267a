import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer as createTlsServer } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { UsageError } from "../../../gate/errors.ts";
import { smoke, type SmokeEnd, type Target } from "../../../gate/smoke/smoke.ts";
import { SmokeWire } from "../../../gate/smoke/wire.ts";
import type { Event } from "../../../gate/tell/events.ts";
import { counter } from "../../../settings/counter.ts";
import { smoke as smokeSettings } from "../../../settings/smoke.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { makeCertificate } from "../components/certificate.ts";
import { listening, startServer, type WebServer } from "../components/web-server.ts";
import { eventually } from "./job.ts";
import { answering, closedPort, http, listen } from "./sockets.ts";

const host = "127.0.0.1";
const first = "1a2b3c4d-0000-0000-0000-000000000000";
const second = "5e6f7a8b-0000-0000-0000-000000000000";
const health = { name: "health", path: "/health", intervalSeconds: 0.05 };

type Given = {
  smokeSeconds?: number;
  count?: number;
  /** As in a stack's `nary:counter`. */
  how?: object;
  environment?: NodeJS.ProcessEnv;
  signal?: AbortSignal;
};
type Smoked = { end: SmokeEnd; events: Event[]; sent: Map<string, number> };

/** Tests instances on these ports, the first of which is `first`. */
async function smoked(
  ports: readonly number[] | (() => readonly Target[]),
  tests: object[],
  { smokeSeconds = 1, count, how = {}, environment = {}, signal = new AbortController().signal }: Given = {},
): Promise<Smoked> {
  const running =
    typeof ports === "function"
      ? ports
      : () =>
          ports.map((port, index) => ({ id: [first, second][index] ?? `${port}`, address: { host, port } }));
  const wire = new SmokeWire(counter.parse(how), environment);
  const events: Event[] = [];
  const sent = new Map<string, number>();
  try {
    const end = await smoke(
      {
        tests: smokeSettings.parse(tests),
        smokeSeconds,
        count: count ?? running().length,
        running,
        wire,
        onSent: (id) => sent.set(id, (sent.get(id) ?? 0) + 1),
        tell: (event) => events.push(event),
      },
      signal,
    );
    return { end, events, sent };
  } finally {
    await wire.close();
  }
}

const closing = (server: WebServer) => ({ ...server, [Symbol.asyncDispose]: () => server.close() });

/** A server on loopback, closed when the test is over, whether it passes or fails. */
const serve = async (handle: Parameters<typeof startServer>[0]) => closing(await startServer(handle));

/** A server that answers with these statuses, one after the other, and then with the last one. */
async function statuses(...given: number[]) {
  let asked = 0;
  const server = await serve((_, response) => {
    response.writeHead(given[Math.min(asked, given.length - 1)] ?? 200).end(`answer ${asked}`);
    asked += 1;
  });
  return { ...server, asked: () => asked };
}

function whyOf({ end }: Smoked): string {
  assert.ok(end.type === "failed", end.type);
  return end.why;
}

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

  it("take a redirect for an answer, and do not follow it", async () => {
    let followed = 0;
    await using server = await serve(({ url }, response) => {
      if (url === "/elsewhere") followed += 1;
      response.writeHead(url === "/health" ? 302 : 200, { location: "/elsewhere" }).end();
    });
    const why = whyOf(await smoked([server.port], [health]));
    const { end } = await smoked([server.port], [{ ...health, status: 302 }]);
    assert.match(why, /answered 302, 200 was expected \(/);
    assert.equal(end.type, "passed");
    assert.equal(followed, 0);
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

  const strange: [
    string,
    () => Promise<{ port: number; [Symbol.asyncDispose]?: () => Promise<void> }>,
    RegExp,
  ][] = [
    ["is silent", () => listen(() => undefined), /did not answer within 0\.2 s \(/],
    [
      "sends its answer drop by drop",
      () => answering("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"),
      /did not answer within 0\.2 s \(/,
    ],
    ["hangs up", () => listen((socket) => socket.end()), /could not be reached: /],
    ["is not there", () => closedPort(), /could not be reached: .*ECONNREFUSED/],
    [
      "sends without an end",
      () =>
        listen((socket) => {
          socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
          const chunk = `10000\r\n${"x".repeat(0x10000)}\r\n`;
          const pour = () => {
            while (socket.writable && socket.write(chunk));
          };
          socket.on("drain", pour).on("data", pour);
        }),
      /gave an answer of more than 1048576 bytes \(|did not answer within 0\.2 s \(/,
    ],
    ["speaks no HTTP", () => answering("SSH-2.0-OpenSSH\r\n"), /could not be reached: /],
  ];
  for (const [name, start, sentence] of strange)
    it(`fail on an instance that ${name}`, async () => {
      const server = await start();
      try {
        assert.match(whyOf(await smoked([server.port], [{ ...health, timeoutSeconds: 0.2 }])), sentence);
      } finally {
        await server[Symbol.asyncDispose]?.();
      }
    });

  it("fail by an answer that is too long, even where nothing is expected of it", async () => {
    await using server = await answering(http("200 OK", "x".repeat(1024 * 1024 + 1)));
    assert.match(
      whyOf(await smoked([server.port], [health])),
      /gave an answer of more than 1048576 bytes \(/,
    );
    await using well = await answering(http("200 OK", "x".repeat(1024 * 1024)));
    assert.equal((await smoked([well.port], [health], { smokeSeconds: 10 })).end.type, "passed");
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

describe("smoke tests over TLS", function () {
  this.timeout(20_000);
  const name = "api.internal";
  let file: string;

  before(async () => {
    file = join(await temporaryFolder(), "server");
    await makeCertificate(file, name);
  });

  async function overTls(how: object, test: object = {}) {
    const [cert, key] = await Promise.all([readFile(`${file}.crt`), readFile(`${file}.key`)]);
    const headers: IncomingMessage["headers"][] = [];
    await using server = closing(
      await listening(
        createTlsServer({ cert, key }, (request, response) => {
          headers.push(request.headers);
          response.end("ok");
        }),
      ),
    );
    const environment = { COUNTER: "a-token-for-the-counts" };
    const { end } = await smoked([server.port], [{ ...health, ...test }], { how, environment });
    return { end, headers };
  }

  it("are as the counts where these are told on the same port, but for the header", async () => {
    const tls = { caFile: `${file}.crt`, serverName: name };
    const headerFrom = { name: "authorization", env: "COUNTER" };
    const { end, headers } = await overTls({ scheme: "https", tls, headerFrom });
    assert.equal(end.type, "passed");
    assert.ok(headers.every(({ authorization }) => authorization === undefined));
  });

  it("fail by a certificate that nobody has said to trust", async () => {
    const { end } = await overTls({ scheme: "https" });
    assert.ok(end.type === "failed");
    assert.match(end.why, /could not be reached: .*self-signed/);
  });

  it("are plain where the counts are told on another port, unless they say otherwise", async () => {
    const how = { scheme: "https", port: "counts", tls: { skipVerify: true } };
    assert.equal((await overTls(how)).end.type, "failed");
    assert.equal((await overTls(how, { scheme: "https" })).end.type, "passed");
  });
});
