import assert from "node:assert/strict";
import { renderCanaryJob } from "../../../components/job/canary.ts";
import type { NomadJob } from "../../../components/job/nomad.ts";
import { renderServiceJob } from "../../../components/job/production.ts";
import { comparisons } from "../../../settings/placement.ts";
import { canaryOf, serviceOf } from "../../unit/components/descriptions.ts";
import { complaints, placements } from "./nomad.ts";

const service = "placement-test";
const task = { driver: "raw_exec" };
const kernel = "${attr.kernel.name}";
const datacenter = "${node.datacenter}";
const shared = { service, task, count: 2 };

const both = (changes: object): NomadJob[] => [
  renderCanaryJob(canaryOf({ ...shared, ...changes })),
  renderServiceJob(serviceOf({ ...shared, ...changes })),
];

async function areValid(jobs: NomadJob[]): Promise<void> {
  for (const job of jobs) assert.deepEqual(await complaints(job), []);
}

describe("the placement of jobs, as a real Nomad sees it", function () {
  this.timeout(40_000);

  it("is valid with each operator", async () => {
    const compared = comparisons.map((operator) => ({ operator, attribute: kernel, value: "1.2.3" }));
    const constraints = [
      ...compared,
      { operator: "is_set", attribute: kernel },
      { operator: "is_not_set", attribute: kernel },
      { operator: "distinct_hosts" },
      { operator: "distinct_property", attribute: datacenter, atMost: 2 },
    ];
    const spreads = [
      { attribute: datacenter, weight: 30, targets: [{ value: "dc1", percent: 60 }] },
      { attribute: "${meta.rack}" },
    ];
    await areValid(both({ constraints, affinities: compared, spreads, nodePool: "default", priority: 70 }));
  });

  it("is where the constraints hold, and nowhere else", async () => {
    const constraint = { operator: "=", attribute: kernel, value: "linux" };
    const affinities = [{ ...constraint, weight: -100 }];
    const held = [constraint, { operator: "distinct_property", attribute: datacenter, atMost: 2 }];
    const spreads = [{ attribute: datacenter }];
    for (const job of both({ constraints: held, affinities, spreads, nodePool: "default", priority: 70 })) {
      assert.deepEqual(Object.values(await placements(job)), [2]);
    }
    for (const constraints of [[{ ...constraint, value: "plan9" }], [{ operator: "distinct_hosts" }]]) {
      for (const job of both({ constraints })) await assert.rejects(placements(job), /ConstraintFiltered/);
    }
  });

  it("leaves room for meta, tags, and what becomes of the dead", async () => {
    await areValid(both({ meta: { team: "payments" }, tags: ["blue", "traefik.enable=true"] }));
    const restarts = [
      {},
      { attempts: 0 },
      { attempts: 5, intervalSeconds: 60, delaySeconds: 2, mode: "delay" },
    ];
    const reschedules = [
      { type: "never" },
      { type: "unlimited" },
      { type: "unlimited", delaySeconds: 60, delayFunction: "constant", maxDelaySeconds: 5 },
      { type: "limited", attempts: 3, intervalSeconds: 600, delayFunction: "fibonacci" },
    ];
    await areValid(restarts.map((restart) => renderServiceJob(serviceOf({ ...shared, restart }))));
    await areValid(reschedules.map((reschedule) => renderServiceJob(serviceOf({ ...shared, reschedule }))));
  });
});
