import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startProgram, type Program } from "../../support/program.ts";

const main = join(import.meta.dirname, "..", "..", "..", "demo", "service", "main.ts");
const counterPath = "/api/errorAndRequestCount";

describe("sample service", () => {
  const running: Program[] = [];

  /** Starts the service on a port that the system chooses. Resolves to its address. */
  async function start(faults = "", env = {}): Promise<{ url: string; service: Program }> {
    const service = startProgram(process.execPath, [main], {
      env: { ...process.env, PORT: "0", HOST: "127.0.0.1", FAULTS: faults, ...env },
    });
    running.push(service);
    const [, url = ""] = await service.says(/listening on (\S+)\n/);
    return { url, service };
  }

  async function status(url: string): Promise<number> {
    const response = await fetch(url);
    await response.body?.cancel();
    return response.status;
  }

  async function counts(url: string): Promise<unknown> {
    const body: unknown = await (await fetch(url + counterPath)).json();
    return body;
  }

  afterEach(async () => {
    for (const { child, ended } of running.splice(0)) {
      child.kill("SIGKILL");
      await ended;
    }
  });

  it("answers, and counts what it answered but not its own two routes", async () => {
    const { url } = await start();
    assert.equal(await (await fetch(`${url}/hello`)).text(), "hello\n");
    assert.equal(await status(url), 200);
    assert.equal(await status(`${url}/nothing`), 404);
    assert.equal(await status(`${url}/status`), 200);
    await counts(url);
    const body = await counts(url);
    assert.partialDeepStrictEqual(body, { errorCount: 0, requestCount: 3 });
  });

  it("wants no more traffic after its first error, when it is a canary in quarantine mode", async () => {
    const after = async (env: object) => {
      const { url } = await start("errorRate=0.5", env);
      const before = await status(`${url}/status`);
      await Promise.all([status(url), status(url)]);
      const counted = await counts(url);
      assert.partialDeepStrictEqual(counted, { errorCount: 1, requestCount: 2 });
      return [before, await status(`${url}/status`)];
    };
    assert.deepEqual(await after({ QUARANTINE: "on", NARY_ROLE: "canary" }), [200, 503]);
    assert.deepEqual(await after({ QUARANTINE: "on", NARY_ROLE: "production" }), [200, 200]);
    assert.deepEqual(await after({ NARY_ROLE: "canary" }), [200, 200]);
  });

  it("fails the share of requests that it is told to, and counts them as errors", async () => {
    const { url } = await start("errorRate=0.02");
    const answers: number[] = [];
    for (let index = 0; index < 100; index += 1) answers.push(await status(`${url}/hello`));
    assert.equal(answers.filter((answer) => answer === 500).length, 2);
    assert.partialDeepStrictEqual(await counts(url), { errorCount: 2, requestCount: 100 });
  });

  it("is slow when told to", async () => {
    const { url } = await start("latencyMs=200");
    const begun = performance.now();
    await status(`${url}/hello`);
    assert.ok(performance.now() - begun >= 195);
  });

  it("crashes at the request that it is told, without an answer", async () => {
    const { url, service } = await start("crashAfter=3");
    assert.equal(await status(url), 200);
    assert.equal(await status(url), 200);
    await assert.rejects(fetch(url));
    assert.equal((await service.ended).exitCode, 1);
  });

  it("hangs from the request that it is told, on every route", async () => {
    const { url } = await start("hangAfter=2");
    assert.equal(await status(url), 200);
    for (const path of ["/hello", "/status", counterPath]) {
      await assert.rejects(fetch(url + path, { signal: AbortSignal.timeout(200) }), { name: "TimeoutError" });
    }
  });

  it("leaks what it is told to", async () => {
    const { url, service } = await start("leakBytes=1000000");
    const resident = async () => {
      const found = /VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${service.child.pid ?? 0}/status`, "utf8"));
      return Number(found?.[1]);
    };
    const before = await resident();
    for (let index = 0; index < 50; index += 1) await status(url);
    assert.ok((await resident()) - before > 40_000);
  });

  const wrong: Record<string, (status: number, text: string) => boolean> = {
    html: (_, text) => text.startsWith("<!doctype html>"),
    empty: (_, text) => text === "",
    error: (code) => code === 500,
    negative: (_, text) => text.includes('"errorCount":-1'),
    string: (_, text) => text.includes('"errorCount":"0"'),
    nan: (_, text) => text.includes("NaN"),
    huge: (_, text) => text.includes("1e308"),
    fraction: (_, text) => text.includes("0.5"),
    missing: (_, text) => text === "{}",
    nested: (_, text) => /^\[{100000}$/.test(text),
  };
  for (const [counter, isSo] of Object.entries(wrong)) {
    it(`answers the counter route with ${counter} when told to`, async () => {
      const { url } = await start(`counter=${counter}`);
      const response = await fetch(url + counterPath);
      assert.ok(isSo(response.status, await response.text()));
    });
  }

  it("never ends its answer to the counter route when told to", async () => {
    const { url } = await start("counter=endless");
    const response = await fetch(url + counterPath);
    const reader = response.body?.getReader();
    let read = 0;
    while (read < 5_000_000) {
      const part = await reader?.read();
      const bytes: unknown = part?.value;
      assert.ok(bytes instanceof Uint8Array, "the answer has ended");
      read += bytes.length;
    }
    await reader?.cancel();
    assert.equal(await status(`${url}/status`), 200);
  });

  it("ends with exit status 2 and a sentence when a fault is misspelt", async () => {
    const service = startProgram(process.execPath, [main], { env: { ...process.env, FAULTS: "errorRat=1" } });
    const { exitCode, stderr } = await service.ended;
    assert.equal(exitCode, 2);
    assert.match(stderr, /^FAULTS: "errorRat" is not a fault\. [^\n]+\n$/);
  });

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    it(`lets HAProxy see ${signal} before it closes, and answers what was asked`, async () => {
      const { url, service } = await start("latencyMs=500");
      const begun = performance.now();
      service.child.kill(signal);
      await sleep(100);
      const answer = await fetch(`${url}/status`);
      assert.equal(answer.status, 404);
      assert.equal(answer.headers.get("connection"), "close");
      await sleep(700);
      const last = await fetch(`${url}/hello`);
      assert.equal(last.status, 200);
      assert.equal((await service.ended).exitCode, 0);
      assert.ok(performance.now() - begun >= 1_500);
      await assert.rejects(fetch(url));
    });
  }

  it("stops although a client keeps a connection open and idle", async () => {
    const { url, service } = await start();
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    await once(socket, "connect");
    const kept = request(url, { agent: undefined, headers: { connection: "keep-alive" } }).end();
    await once(kept, "response");
    service.child.kill("SIGTERM");
    assert.equal((await service.ended).exitCode, 0);
    socket.destroy();
  });
});
