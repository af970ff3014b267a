import assert from "node:assert/strict";
import { request } from "undici";
import { Consul } from "../../../gate/clients/consul.ts";
import { Nomad } from "../../../gate/clients/nomad.ts";
import type { Observation } from "../../../gate/decide/observation.ts";
import { nobody } from "../../../gate/decide/people.ts";
import { Sight } from "../../../gate/sight.ts";
import { serviceName } from "../../../settings/names.ts";
import type { Declared } from "../../../settings/records.ts";
import { gate } from "../../../settings/workload.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { declaredOf, endJob, eventually, registerJob } from "./job.ts";

/** /add?requests=60&each=12 has requests that have made so many queries each; tells how often its counts were asked for. */
const costly = `
const http = require("node:http");
let asked = 0, requests = 0, queries = 0, queriesSquared = 0;
http.createServer(({ url }, response) => {
  const { pathname, searchParams } = new URL(url, "http://localhost");
  const [more, each] = ["requests", "each"].map((name) => Number(searchParams.get(name)));
  if (pathname === "/add") { requests += more; queries += more * each; queriesSquared += more * each * each; }
  if (pathname === "/api/errorAndRequestCount") asked++;
  const costs = [{ route: "GET /classes/:id", requests, queries, items: 0, queriesSquared, itemsSquared: 0 }];
  response.end(pathname === "/asked" ? String(asked) : JSON.stringify({ errorCount: 0, requestCount: requests, costs }));
}).listen(Number(process.env.NOMAD_PORT_http), "127.0.0.1");
`;

describe("the costs of a canary beside production on a real cluster", function () {
  this.timeout(60_000);
  const service = "nary-test-costs";
  const production = declaredOf(service, 1, "api:1", "production");
  const canary = declaredOf(`${service}-canary`, 1);
  let consul: Consul;
  let nomad: Nomad;

  beforeEach(async () => {
    const { consulAddress, nomadAddress } = await sharedCluster();
    consul = new Consul(new URL(consulAddress));
    nomad = new Nomad(new URL(nomadAddress));
    for (const declared of [canary, production]) await registerJob(nomadAddress, declared, 20, costly);
  });

  afterEach(async () => {
    for (const { job } of [canary, production]) await endJob(nomad, job);
    await Promise.all([consul.close(), nomad.close()]);
  });

  type Seen = { sight: Sight; look: () => Observation; warnings: string[] };

  async function seen(
    against: { beside: Declared } | { other: Declared },
    costs: Record<string, unknown>,
    work: (seen: Seen) => Promise<void>,
  ): Promise<void> {
    const warnings: string[] = [];
    const sight = new Sight({
      consul,
      nomad,
      service: serviceName.parse(service),
      declared: canary,
      ...against,
      gate: gate.parse({ costs }),
      tell: () => undefined,
      onNews: () => undefined,
      onFailure: (error) => {
        throw error;
      },
      onWarning: (why) => warnings.push(why),
    });
    const look = () => {
      sight.look();
      sight.ask();
      return sight.observation(nobody);
    };
    try {
      await eventually("the canary", () => {
        look();
        return Promise.resolve(sight.canary.up === 1 || undefined);
      });
      sight.trafficIsOn();
      await work({ sight, look, warnings });
    } finally {
      await sight.close();
    }
  }

  /** What the one instance of a side answers, once it listens. */
  async function of({ service: name }: Declared, path: string): Promise<string> {
    return await eventually("the instance", async () => {
      const [instance] = (await consul.instances(name)).instances;
      if (instance === undefined) return undefined;
      const { host, port } = instance.address;
      const answer = await request(`http://${host}:${port}${path}`).catch(() => undefined);
      return await answer?.body.text();
    });
  }

  const add = (side: Declared, requests: number, each: number) =>
    of(side, `/add?requests=${requests}&each=${each}`);
  const until = (name: string, isSo: () => boolean) =>
    eventually(name, () => Promise.resolve(isSo() || undefined));
  const askedOf = async (side: Declared) => Number(await of(side, "/asked"));

  it("are compared from its first query on, without what either side had counted before", async () => {
    await add(production, 1000, 90);
    await seen({ beside: production }, {}, async ({ look, sight }) => {
      await add(canary, 10, 0);
      await until("the requests", () => look().canary.instances[0]?.requests === 10);
      assert.equal(await askedOf(production), 0, "nobody asks production without need");
      assert.equal(look().costsWait, null);
      await add(canary, 1, 7);
      await until("a promotion that waits", () => look().costsWait !== null);
      await eventually("a question to production", async () => {
        look();
        return (await askedOf(production)) > 2 || undefined;
      });
      assert.deepEqual(look().costs, []);
      await add(production, 300, 2);
      await add(canary, 60, 12);
      const sample = (requests: number, each: number) => ({
        requests,
        sum: requests * each,
        squares: requests * each * each,
      });
      const expected = {
        route: "GET /classes/:id",
        respect: "queries",
        canary: sample(60, 12),
        other: sample(300, 2),
      };
      await until("the difference", () => look().costs[0]?.other.requests === 300);
      assert.deepEqual(look().costs, [expected]);
      assert.equal(look().other, null, "no policy compares");
      await until("a promotion that waits no more", () => look().costsWait === null);

      // Production is about to run the release itself.
      sight.rolloutBegins();
      await add(production, 300, 12);
      await add(canary, 60, 12);
      await until("more requests", () => look().costs[0]?.canary.requests === 120);
      assert.deepEqual(look().costs[0]?.other, sample(300, 2));
    });
  });

  it("are those of the side that a policy compares with, until it runs the release itself", async () => {
    await seen({ other: production }, {}, async ({ look, sight }) => {
      await until("both sides", () => look().other?.instances.length === 1);
      await add(production, 300, 2);
      await add(canary, 60, 12);
      await until("the difference", () => look().costs[0]?.other.requests === 300);
      sight.rolloutBegins();
      await add(production, 300, 12);
      const before = await askedOf(production);
      await eventually("three more questions to production", async () => {
        assert.equal(look().costs[0]?.other.requests, 300);
        return (await askedOf(production)) > before + 2 || undefined;
      });
    });
  });

  it("are compared with nothing, and soon nothing waits for them, where production is not there", async () => {
    const nobodyThere = declaredOf("nary-test-nobody", 1, "api:1", "production");
    await seen({ beside: nobodyThere }, {}, async ({ look, sight }) => {
      await add(canary, 60, 12);
      await until("the requests", () => look().canary.instances[0]?.requests === 60);
      const { costs, costsWait, other, unknown } = look();
      assert.deepEqual([costs, other], [[], null]);
      assert.equal(costsWait, "what requests cost on the other side is not known yet");
      await until("a promotion that waits no more", () => look().costsWait === null);
      assert.doesNotMatch(unknown.join(), /compare/);
      assert.equal(sight.otherMissing, undefined);
      sight.rolloutBegins();
      await add(canary, 60, 12);
      await until("more requests", () => look().canary.instances[0]?.requests === 120);
      assert.doesNotMatch(look().unknown.join(), /compare/);
    });
  });

  it("make nobody ask production where they are not compared", async () => {
    await seen({ beside: production }, { compare: false }, async ({ look }) => {
      await add(canary, 60, 12);
      await until("the requests", () => look().canary.instances[0]?.requests === 60);
      const before = await askedOf(canary);
      await eventually("three more questions to the canary", async () => {
        assert.deepEqual(look().costs, []);
        return (await askedOf(canary)) > before + 2 || undefined;
      });
      assert.equal(await askedOf(production), 0);
    });
  });
});
