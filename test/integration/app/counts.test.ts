import assert from "node:assert/strict";
import { once } from "node:events";
import { z } from "zod";
import { startService, type Service } from "./process.ts";

const counts = z.looseObject({
  errorCount: z.number(),
  requestCount: z.number(),
  failedRequests: z.number(),
  instanceId: z.uuid(),
  startedAt: z.iso.datetime(),
  release: z.string().nullable(),
  role: z.string().nullable(),
  recentErrors: z.array(
    z.object({ fingerprint: z.string(), message: z.string(), count: z.number(), at: z.iso.datetime() }),
  ),
});

describe("the counts of a service on node:http", function () {
  this.timeout(20_000);
  let service: Service;

  beforeEach(async () => {
    service = await startService("plain-service.ts", { NARY_ROLE: "canary", NARY_RELEASE: "api:1" });
  });

  afterEach(() => service.end());

  async function get(path: string, headers: Record<string, string> = {}): Promise<number> {
    const response = await fetch(`${service.url}${path}`, { headers });
    await response.arrayBuffer();
    return response.status;
  }

  async function told(): Promise<z.infer<typeof counts>> {
    const response = await fetch(`${service.url}/api/errorAndRequestCount`);
    return counts.parse(await response.json());
  }

  async function toldWhen(requestCount: number): Promise<z.infer<typeof counts>> {
    for (;;) {
      const now = await told();
      if (now.requestCount >= requestCount) return now;
    }
  }

  it("are nothing before the first request, and do not count the kit's own routes", async () => {
    await get("/status");
    const { errorCount, requestCount, failedRequests, role, release, version } = await told();
    assert.deepEqual([errorCount, requestCount, failedRequests], [0, 0, 0]);
    assert.deepEqual([role, release, version], ["canary", "api:1", 7]);
  });

  it("have each error, and a failed request once", async () => {
    await get("/");
    await get("/twice");
    const { errorCount, requestCount, failedRequests, recentErrors } = await told();
    assert.deepEqual([errorCount, requestCount, failedRequests], [2, 2, 1]);
    assert.deepEqual(
      recentErrors.map(({ message, count }) => [message, count]),
      [["first 2", 2]],
    );
  });

  it("have no expected outcome for an error", async () => {
    assert.equal(await get("/expected"), 404);
    const { errorCount, failedRequests } = await told();
    assert.deepEqual([errorCount, failedRequests], [0, 0]);
  });

  it("have an answer of 500 or more that nobody logged for a failed request", async () => {
    await get("/unlogged");
    const { errorCount, failedRequests } = await told();
    assert.deepEqual([errorCount, failedRequests], [0, 1]);
  });

  it("have a rejection that nobody caught for an error", async () => {
    await get("/reject");
    assert.equal((await told()).errorCount, 1);
  });

  it("have a request once that its client gave up, and no failure", async () => {
    const abort = new AbortController();
    const request = fetch(`${service.url}/never`, { signal: abort.signal });
    setTimeout(() => {
      abort.abort();
    }, 100);
    await assert.rejects(request);
    const { requestCount, failedRequests } = await toldWhen(1);
    assert.deepEqual([requestCount, failedRequests], [1, 0]);
  });

  it("have a request that timed out for a failed one", async () => {
    await assert.rejects(get("/timeout"));
    const { requestCount, failedRequests } = await toldWhen(1);
    assert.deepEqual([requestCount, failedRequests], [1, 1]);
  });

  it("say at once on a stream that there is an error", async () => {
    const abort = new AbortController();
    const response = await fetch(`${service.url}/api/errorAndRequestCount`, {
      headers: { accept: "text/event-stream, application/json" },
      signal: abort.signal,
    });
    assert.equal(response.headers.get("content-type"), "text/event-stream");
    const heard: number[] = [];
    const reading = (async () => {
      for await (const chunk of response.body ?? assert.fail("no body")) {
        for (const [, data = ""] of Buffer.from(chunk)
          .toString()
          .matchAll(/data: (.*)\n\n/g))
          heard.push(counts.parse(JSON.parse(data)).errorCount);
        if (heard.includes(2)) return;
      }
    })();
    await get("/twice");
    await reading;
    abort.abort();
    // They are told each second too.
    assert.deepEqual([...new Set(heard)], [0, 1, 2]);
  });

  it("end a canary's wish for requests at the first error", async () => {
    assert.equal(await get("/status"), 200);
    await get("/twice");
    assert.equal(await get("/status"), 503);
  });

  it("are still told while the service stops, which answers what is open", async () => {
    service.process.kill("SIGTERM");
    const exited = once(service.process, "exit");
    while ((await get("/status")) === 200);
    assert.equal(await get("/status"), 404);
    assert.equal(await get("/"), 200);
    assert.deepEqual(await exited, [0, null]);
  });
});

describe("counts behind a token", function () {
  this.timeout(20_000);

  it("are told to whoever has it", async () => {
    const service = await startService("plain-service.ts", { TOKEN: "correct horse" });
    try {
      const ask = (authorization: string) =>
        fetch(`${service.url}/api/errorAndRequestCount`, { headers: { authorization } });
      assert.equal((await ask("Bearer correct horse")).status, 200);
      assert.equal((await ask("Bearer wrong")).status, 401);
      assert.equal((await ask("")).status, 401);
    } finally {
      await service.end();
    }
  });
});
