import assert from "node:assert/strict";
import { z } from "zod";
import { deleteKeys, untilInstances } from "../../integration/components/consul.ts";
import { untilServers } from "../../integration/components/haproxy-stats.ts";
import { purge } from "../../integration/components/nomad.ts";
import { get, jobsNamed, newProject, type Project } from "../../integration/stack/project.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { configurePair, recordsOf, startClients, startNary } from "./releases.ts";

const shop = "two-shop";
const basket = "two-basket";
const job = z.object({ Version: z.number(), Meta: z.object({ nary_release: z.string().optional() }) });

/** The production jobs, and HAProxy's: the release and how often each was changed. */
async function jobs() {
  const found = await Promise.all(
    [shop, basket, `${shop}-haproxy`].map(async (name) => {
      const { Version: version, Meta: meta } = job.parse(await get("nomad", `/v1/job/${name}`));
      return [name, { release: meta.nary_release, version }] as const;
    }),
  );
  return Object.fromEntries(found);
}

describe("two services behind one HAProxy, released at the same time", function () {
  this.timeout(240_000);
  let project: Project;
  let consulAddress: string;
  let url: string;
  let statsPort: number;

  before(async () => {
    const cluster = await sharedCluster();
    ({ consulAddress } = cluster);
    const port = cluster.fixedPort();
    statsPort = cluster.fixedPort();
    url = `http://127.0.0.1:${port}`;
    project = await newProject(["shop-canary", "shop-production", "basket-canary", "basket-production"]);
    await configurePair(project, "shop", shop, {
      "haproxy.port": String(port),
      "haproxy.statsPort": String(statsPort),
      "haproxy.cpu": "20",
      "haproxy.also[0].service": basket,
      "haproxy.also[0].environment": "basket",
      "haproxy.also[0].paths[0]": "/basket",
    });
    await configurePair(project, "basket", basket);
    const first = await Promise.all(
      ["shop-canary", "basket-canary"].map(
        (stack) => startNary(project, "release", "first", "--first", "-s", stack).ended,
      ),
    );
    for (const { exitCode, stdout, stderr } of first) assert.equal(exitCode, 0, stdout + stderr);
    await untilServers(statsPort, await servers(0), 30);
  });

  after(async () => {
    for (const name of await jobsNamed("two-")) await purge(name);
    for (const environment of ["shop", "basket"]) await deleteKeys(`nary/${environment}/`);
  });

  /** What HAProxy has to have, with so many canaries of each service. */
  async function servers(canaries: number): Promise<string[]> {
    const sides = await Promise.all(
      [shop, basket].flatMap((service) => [
        untilInstances(service, 2).then((ports) => ports.map((port) => `${service}_127.0.0.1_${port}`)),
        untilInstances(`${service}-canary`, canaries).then((ports) =>
          ports.map((port) => `canary_127.0.0.1_${port}`),
        ),
      ]),
    );
    return sides.flat();
  }

  const answer = (path: string) => fetch(url + path).then((response) => response.text());

  it("promotes the good one and rejects the bad one, and neither touches the other", async () => {
    assert.deepEqual([await answer("/"), await answer("/basket/1")], [`${shop} first`, `${basket} first`]);
    const before = await jobs();

    const good = startNary(project, "release", "good", "-s", "shop-canary");
    const bad = startNary(project, "release", "bad", "-s", "basket-canary");
    const on = /traffic to the canaries is on/;
    // Without clients there is no verdict: both are watched at the same time.
    await Promise.all([good.says(on), bad.says(on)]);
    await untilServers(statsPort, await servers(1));
    const clients = [startClients(`${url}/`), startClients(`${url}/basket`)] as const;
    const [promoted, rejected] = await Promise.all([good.ended, bad.ended]);
    const [, ofBasket] = await Promise.all(clients.map(({ stop }) => stop()));

    assert.equal(promoted.exitCode, 0, promoted.stdout + promoted.stderr);
    assert.equal(rejected.exitCode, 1, rejected.stdout + rejected.stderr);
    assert.deepEqual(ofBasket, [], "clients of the rejected one saw nothing of it");
    assert.deepEqual(await recordsOf(consulAddress, "shop", shop), {
      promoted: "good",
      traffic: "off",
      history: ["promote first", "promote good"],
    });
    assert.deepEqual(await recordsOf(consulAddress, "basket", basket), {
      promoted: "first",
      traffic: "off",
      history: ["promote first", "reject bad"],
    });
    assert.deepEqual(await jobsNamed("two-"), [basket, shop, `${shop}-haproxy`]);
    const { version = 0 } = before[shop] ?? {};
    assert.deepEqual(await jobs(), { ...before, [shop]: { release: "good", version: version + 1 } });
    await untilServers(statsPort, await servers(0));
    assert.deepEqual([await answer("/"), await answer("/basket/1")], [`${shop} good`, `${basket} first`]);
  });
});
