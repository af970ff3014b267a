import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, get as httpGet } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { answerTo } from "../components/answer-to.ts";
import { startService, type Service } from "./process.ts";

const counts = z.looseObject({
  errorCount: z.number(),
  requestCount: z.number(),
  failedRequests: z.number(),
  instanceId: z.string(),
  startedAt: z.string(),
  pid: z.number(),
  recentErrors: z.array(z.looseObject({ message: z.string(), count: z.number() })),
});

type Counts = z.infer<typeof counts>;

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe("the counts of a cluster", function () {
  this.timeout(30_000);
  let service: Service;
  /** Requests to the service itself so far. */
  let sent = 0;

  beforeEach(() => {
    sent = 0;
  });

  afterEach(() => service.end());

  /** Each on a connection of its own, so that the workers take turns. */
  async function get(path: string): Promise<Response> {
    if (path !== "/status" && path !== "/api/errorAndRequestCount") sent += 1;
    return fetch(`${service.url}${path}`, { headers: { connection: "close" } });
  }

  async function told(): Promise<Counts> {
    return counts.parse(await (await get("/api/errorAndRequestCount")).json());
  }

  async function toldWhen(fits: (now: Counts) => boolean): Promise<Counts> {
    for (;;) {
      const now = await told();
      if (fits(now)) return now;
    }
  }

  /** All workers are up and answer. */
  async function pids(): Promise<Set<string>> {
    const found = new Set<string>();
    while (found.size < 3) found.add(await (await get("/")).text());
    return found;
  }

  describe("whose primary adds them up", () => {
    beforeEach(async () => {
      service = await startService("cluster-service.ts", { NARY_ROLE: "canary" });
    });

    it("are those of all workers, whichever is asked, and of one instance", async () => {
      await pids();
      for (let more = 0; more < 20; more += 1) await (await get("/")).text();
      await toldWhen((now) => now.requestCount === sent);
      const answers = await Promise.all(Array.from({ length: 12 }, told));
      assert.equal(new Set(answers.map(({ pid }) => pid)).size, 3);
      const said = answers.map((answer) => [answer.requestCount, answer.instanceId, answer.startedAt]);
      assert.equal(new Set(said.map(String)).size, 1);
      assert.equal(answers[0]?.requestCount, sent);
    });

    it("have the same error of two workers as one kind, and keep all canaries from requests", async () => {
      await pids();
      assert.equal((await get("/status")).status, 200);
      for (let more = 0; more < 6; more += 1) await get("/error");
      const { errorCount, failedRequests, recentErrors } = await toldWhen((now) => now.failedRequests >= 6);
      assert.deepEqual([errorCount, failedRequests], [6, 6]);
      assert.deepEqual(
        recentErrors.map(({ message, count }) => [message, count]),
        [["broken", 6]],
      );
      const statuses = await Promise.all(
        Array.from({ length: 12 }, async () => (await get("/status")).status),
      );
      assert.deepEqual(new Set(statuses), new Set([503]));
    });

    it("never go back when a worker ends, and have the error that it ended with", async () => {
      await pids();
      await assert.rejects(get("/die"));
      // The request that it died of has no end.
      const before = await toldWhen((now) => now.requestCount === sent - 1);
      assert.deepEqual([before.errorCount, before.recentErrors[0]?.message], [1, "died"]);
      const killed = Number(await (await get("/")).text());
      await toldWhen((now) => now.requestCount === sent - 1);
      process.kill(killed, "SIGKILL");
      while (lives(killed)) await sleep(20);
      await pids();
      const after = await toldWhen((now) => now.requestCount === sent - 1);
      assert.equal(after.errorCount, 1);
      assert.equal(after.instanceId, before.instanceId);
    });

    it("are told at once on the stream of any worker when there is an error in another", async () => {
      await pids();
      const abort = new AbortController();
      const headers = { accept: "text/event-stream" };
      const streams = await Promise.all(
        Array.from({ length: 3 }, () =>
          fetch(`${service.url}/api/errorAndRequestCount`, { headers, signal: abort.signal }),
        ),
      );
      const heard = streams.map(async ({ body }) => {
        const seen: Counts[] = [];
        for await (const chunk of body ?? assert.fail("no body")) {
          for (const [, data = ""] of Buffer.from(chunk)
            .toString()
            .matchAll(/data: (.*)\n\n/g))
            seen.push(counts.parse(JSON.parse(data)));
          const last = seen.at(-1);
          if (last?.errorCount === 1) return last.pid;
        }
        throw new Error("the stream ended");
      });
      await get("/error");
      assert.equal((await Promise.all(heard)).length, 3);
      abort.abort();
    });

    it("are told late, and whole, where the primary is only slow", async () => {
      await pids();
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const ask = () => answerTo(httpGet(`${service.url}/api/errorAndRequestCount`, { agent }));
      assert.equal((await ask()).status, 200);
      await toldWhen((now) => now.requestCount === sent);
      service.process.kill("SIGSTOP");
      const late = ask();
      await sleep(2_500);
      service.process.kill("SIGCONT");
      const { again, status, body } = await late;
      agent.destroy();
      assert.ok(again, "new connections wait for the primary");
      assert.equal(status, 200, body);
      assert.equal(counts.parse(JSON.parse(body)).requestCount, sent);
    });

    it("end with all workers when the primary is told to stop", async () => {
      await pids();
      const exited = once(service.process, "exit");
      const asked = Promise.withResolvers<undefined>();
      service.process.stdout?.on("data", (chunk: Buffer) => {
        if (chunk.toString().includes("asked")) asked.resolve(undefined);
      });
      const open = get("/slow");
      await asked.promise;
      service.process.kill("SIGTERM");
      assert.equal((await open).status, 200);
      assert.deepEqual(await exited, [0, null]);
    });
  });

  it("are not told in part: without the primary's sum there is none, and what to call is said", async () => {
    service = await startService("cluster-service.ts", { WITHOUT_SUM: "1" });
    const response = await get("/api/errorAndRequestCount");
    assert.equal(response.status, 503);
    assert.match(await response.text(), /call sumWorkers\(\)/);
  });
});
