import assert from "node:assert/strict";
import { Agent } from "node:http";
import { startHaproxy, type RunningHaproxy } from "./haproxy-process.ts";
import { startServer, type WebServer } from "./web-server.ts";

const service = "paired";

describe("HAProxy with canaries and twins", function () {
  this.timeout(120_000);
  let servers: Record<"stable" | "canaries" | "twins", WebServer[]>;
  let haproxy: RunningHaproxy | undefined;

  /** Servers of a side. Some requests fail where they come first, if that is here. */
  const many = (count: number, name: string, fails: (number: unknown) => boolean = () => false) =>
    Promise.all(
      Array.from({ length: count }, () =>
        startServer(({ headers }, response) => {
          response.writeHead(fails(headers["x-number"]) ? 500 : 200).end(name);
        }),
      ),
    );

  /** Every 25th request, once. */
  function failsOnce(): (number: unknown) => boolean {
    const failed = new Set<unknown>();
    return (number) => {
      if (Number(number) % 25 !== 0 || failed.has(number)) return false;
      failed.add(number);
      return true;
    };
  }

  async function start(
    traffic: string,
    { args = {}, fails }: { args?: object; fails?: (number: unknown) => boolean } = {},
  ) {
    servers = {
      stable: await many(4, "stable"),
      canaries: await many(2, "canary", fails),
      twins: await many(2, "twin", fails),
    };
    haproxy = await startHaproxy({ service, ...servers, traffic, args });
    return haproxy;
  }

  afterEach(async () => {
    await haproxy?.stop();
    haproxy = undefined;
    await Promise.all(
      Object.values(servers)
        .flat()
        .map(({ close }) => close()),
    );
  });

  /** The part of each side in answers to so many requests from eight connections, and how many were no 200. */
  async function parts({ ask }: RunningHaproxy, requests: number) {
    const answers: Record<string, number> = { stable: 0, canary: 0, twin: 0 };
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    let [sent, failed] = [0, 0];
    const client = async () => {
      while (sent < requests) {
        sent += 1;
        const { status, body } = await ask({ agent, headers: { "x-number": sent } });
        answers[body] = (answers[body] ?? 0) + 1;
        if (status !== 200) failed += 1;
      }
    };
    try {
      await Promise.all(Array.from({ length: 8 }, client));
    } finally {
      agent.destroy();
    }
    const part = (side: string) => (answers[side] ?? 0) / requests;
    return { canary: part("canary"), twin: part("twin"), stable: part("stable"), failed };
  }

  const isNear = (part: number, expected: number) => {
    assert.ok(Math.abs(part / expected - 1) <= 0.1, `${part * 100} % instead of ${expected * 100} %`);
  };

  for (const [traffic, share] of [
    ["on share=500 twin", 0.05],
    ["on share=3000 twin", 0.3],
    ["on twin", 0.25],
  ] as const) {
    it(`gives both the same under "${traffic}"`, async () => {
      const { canary, twin } = await parts(await start(traffic), 4000);
      isNear(canary, share);
      isNear(twin, share);
    });
  }

  it("has no twins where the switch does not name them", async () => {
    const { canary, twin } = await parts(await start("on share=2000"), 1000);
    isNear(canary, 0.2);
    assert.equal(twin, 0);
  });

  it("shields clients from both alike, and takes no more away from either", async () => {
    const found = await parts(await start("on share=2000 twin", { fails: failsOnce() }), 4000);
    assert.equal(found.failed, 0);
    isNear(found.canary, 0.2);
    isNear(found.twin, 0.2);
  });

  it("lets go of a client that was with a twin where there is none", async () => {
    const { ask } = await start("on", { args: { sticky: { cookie: "side" } } });
    const unknown = await ask({ headers: { cookie: "side=twin" } });
    assert.match(String(unknown.headers["set-cookie"]), /^side=(?:canary|stable);/);
  });

  it("keeps clients with the side that answered them, a twin too", async () => {
    const { ask } = await start("on twin", {
      args: { sticky: { cookie: "side" }, force: { header: "X-Side" } },
    });
    for (let asked = 0; asked < 12; asked++) {
      const { body, headers } = await ask();
      assert.match(String(headers["set-cookie"]), new RegExp(`^side=${body};`));
    }
    for (const headers of [{ cookie: "side=twin" }, { "x-side": "twin" }]) {
      for (let asked = 0; asked < 12; asked++) assert.equal((await ask({ headers })).body, "twin");
    }
  });
});
