import assert from "node:assert/strict";
import { renderHaproxyJob } from "../../../components/haproxy/job.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { haproxyOf } from "../../unit/components/descriptions.ts";
import { deregisterInstance, registerInstance } from "./consul.ts";
import { untilServers } from "./haproxy-stats.ts";
import { complaints, placements, purge, register } from "./nomad.ts";
import { closedPort } from "./web-server.ts";

const service = "placed";
const clients = {
  datacenters: ["dc1"],
  priority: 70,
  constraints: [{ operator: "=", attribute: "${attr.kernel.name}", value: "linux" }],
};
const rack = "${meta.rack}";

describe("HAProxy's placement, as a real Nomad sees it", function () {
  this.timeout(120_000);
  let ports: { port: number; statsPort: number };

  const jobOf = (placement: object) =>
    renderHaproxyJob(haproxyOf({ service, ...ports, cpu: 20, memory: 64, placement }));

  before(async () => {
    const { fixedPort } = await sharedCluster();
    ports = { port: fixedPort(), statsPort: fixedPort() };
  });

  it("is valid, without a warning", async () => {
    const wanted = {
      affinities: [{ attribute: rack, operator: "=", value: "r1" }],
      spreads: [{ attribute: rack }],
    };
    assert.deepEqual(await complaints(jobOf({ type: "service", count: 3, ...clients, ...wanted })), []);
    assert.deepEqual(await complaints(jobOf({ type: "system", ...clients })), []);
  });

  it("is one on each client that fits, never two", async () => {
    const group = `${service}-haproxy-group`;
    assert.deepEqual(await placements(jobOf({ type: "system", ...clients })), { [group]: 1 });
    await assert.rejects(placements(jobOf({ type: "service", count: 2 })), /distinct_hosts/);
    const constraints = [{ operator: "is_set", attribute: rack }];
    await assert.rejects(placements(jobOf({ type: "system", constraints })), /meta\.rack\} is_set/);
  });

  it("runs HAProxy as a system job", async () => {
    const server = await closedPort();
    await registerInstance(service, "placed-1", server);
    try {
      await register(jobOf({ type: "system", ...clients }));
      await untilServers(ports.statsPort, [`${service}_127.0.0.1_${server}`], 20);
    } finally {
      await purge(`${service}-haproxy`);
      await deregisterInstance("placed-1");
    }
  });
});
