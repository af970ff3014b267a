import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { startHaproxy, type RunningHaproxy } from "./haproxy-process.ts";
import { serversOf } from "./haproxy-stats.ts";
import { startServer, type WebServer } from "./web-server.ts";

const service = "sided";

describe("the sides of HAProxy", function () {
  this.timeout(120_000);
  let stable: WebServer[];
  let canaries: WebServer[];
  let haproxy: RunningHaproxy;

  const side = (name: string) => startServer((_, response) => void response.end(name));
  const start = async (traffic: string, args: object) => {
    haproxy = await startHaproxy({ service, stable, canaries, traffic, args });
  };
  const times = async <T>(count: number, ask: () => Promise<T>) => {
    const answers: T[] = [];
    for (let done = 0; done < count; done++) answers.push(await ask());
    return answers;
  };
  /** Which sides answered requests with these headers. */
  const answered = async (headers: Record<string, string>, count = 12) => {
    const answers = await times(count, () => haproxy.ask({ headers }));
    return [...new Set(answers.map(({ status, body }) => `${status} ${body}`))].sort();
  };
  const assertTenth = (answers: readonly { body: string }[]) => {
    const found = answers.filter(({ body }) => body === "canary").length;
    assert.ok(found >= 8 && found <= 11, `${found} of ${answers.length}`);
  };
  const untilDown = async (count: number) => {
    const down = async () =>
      Object.values((await serversOf(haproxy.statsPort)) ?? {}).filter((status) => status === "DOWN");
    while ((await down()).length < count) await sleep(20);
  };
  const both = ["200 canary", "200 stable"];

  beforeEach(async () => {
    stable = await Promise.all([side("stable"), side("stable")]);
    canaries = await Promise.all([side("canary"), side("canary"), side("canary")]);
  });

  afterEach(async () => {
    await haproxy.stop();
    await Promise.all([...stable, ...canaries].map(({ close }) => close()));
  });

  it("are chosen by a request that forces one, by exactly the two words", async () => {
    await start("on", { force: { header: "X-Side", cookie: "force" } });
    assert.deepEqual(await answered({ "x-side": "canary" }), ["200 canary"]);
    assert.deepEqual(await answered({ "x-side": "stable" }), ["200 stable"]);
    assert.deepEqual(await answered({ cookie: "a=b; force=canary" }), ["200 canary"]);
    assert.deepEqual(await answered({ cookie: "force=canary", "x-side": "stable" }), ["200 stable"]);
    for (const value of ["", "Canary", "canary ,stable", "canaryx", "api_127.0.0.1_80"]) {
      assert.deepEqual(await answered({ "x-side": value }), both, value);
    }
    assert.deepEqual(await answered({}), both);
  });

  it("are those that there are: a canary that is asked for in vain is no failure", async () => {
    await start("off", { force: { header: "X-Side" }, sticky: { cookie: "side" } });
    assert.deepEqual(await answered({ "x-side": "canary" }), ["200 stable"]);
    const { headers } = await haproxy.ask({ headers: { cookie: "side=canary" } });
    assert.equal(headers["set-cookie"], undefined);
  });

  it("are left when their servers are gone, and a server that is gone is passed over", async () => {
    await start("on", { force: { header: "X-Side" } });
    await canaries[0]?.close();
    await untilDown(1);
    assert.deepEqual(await answered({ "x-side": "canary" }, 30), ["200 canary"]);
    await Promise.all(canaries.slice(1).map(({ close }) => close()));
    await untilDown(3);
    assert.deepEqual(await answered({ "x-side": "canary" }), ["200 stable"]);
    canaries = [];
  });

  it("use all of their servers", async () => {
    const asked = new Set<number>();
    const own = await Promise.all(
      [0, 1, 2].map((index) =>
        startServer((_, response) => {
          asked.add(index);
          response.end("canary");
        }),
      ),
    );
    canaries.push(...own.splice(0));
    await start("on", { force: { header: "X-Side" } });
    await answered({ "x-side": "canary" }, 60);
    assert.deepEqual([...asked].sort(), [0, 1, 2]);
  });

  it("keep a client, by a cookie with nothing but the side in it", async () => {
    await start("on", { sticky: { cookie: "side", seconds: 60 } });
    const first = await times(10, () => haproxy.ask());
    for (const { body, headers } of first) {
      const cookie = `side=${body}; Path=/; HttpOnly; SameSite=Lax; Max-Age=60`;
      assert.deepEqual(headers["set-cookie"], [cookie]);
    }
    for (const name of ["canary", "stable"]) {
      assert.deepEqual(await answered({ cookie: `side=${name}` }), [`200 ${name}`]);
      const { headers } = await haproxy.ask({ headers: { cookie: `side=${name}` } });
      assert.equal(headers["set-cookie"], undefined);
    }
    assert.deepEqual(await answered({ cookie: "side=other" }), both);
  });

  it("share new clients, when clients stay where they are", async () => {
    await start("on share=1000", { sticky: { cookie: "side" } });
    const fresh = await times(100, () => haproxy.ask());
    assertTenth(fresh);
    const known = await times(100, () => haproxy.ask({ headers: { cookie: "side=canary" } }));
    assert.ok(known.every(({ body }) => body === "canary"));
    const again = await times(100, () => haproxy.ask());
    assertTenth(again);
  });
});
