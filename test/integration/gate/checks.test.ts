import assert from "node:assert/strict";
import { request } from "undici";
import { Checks, type SideNow } from "../../../gate/check/checks.ts";
import { Consul } from "../../../gate/clients/consul.ts";
import { Nomad } from "../../../gate/clients/nomad.ts";
import { Counter } from "../../../gate/count/counter.ts";
import type { Survey } from "../../../gate/discover/survey.ts";
import { gateChecks } from "../../../settings/gate-checks.ts";
import type { Declared } from "../../../settings/records.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { registerChecked, registerEnding } from "./checked-job.ts";
import { declaredOf, eventually } from "./job.ts";
import { openSurvey } from "./surveyed.ts";

const checks = gateChecks.parse([
  { type: "restarts", name: "restarts", noData: "wait" },
  { type: "out-of-memory", name: "memory", noData: "wait" },
  { type: "failing-checks", name: "health", noData: "wait" },
  { type: "event-loop-lag", name: "lag", noData: "wait", limit: 100 },
]);

describe("checks of canaries on a real cluster", function () {
  this.timeout(60_000);
  let nomadAddress: string;
  let consul: Consul;
  let nomad: Nomad;

  before(async () => {
    const cluster = await sharedCluster();
    ({ nomadAddress } = cluster);
    consul = new Consul(new URL(cluster.consulAddress));
    nomad = new Nomad(new URL(nomadAddress));
  });

  after(() => Promise.all([consul.close(), nomad.close()]));

  type Seen = { of: (check: string) => number | null | undefined; warnings: string[]; survey: Survey };

  async function checked(declared: Declared, work: (seen: Seen) => Promise<void>): Promise<void> {
    const warnings: string[] = [];
    const onFailure = (error: unknown) => {
      throw error;
    };
    const onWarning = (why: string) => warnings.push(why);
    const survey = openSurvey({ consul, nomad, declared, onFailure, onWarning });
    const counter = new Counter({
      path: declared.counterPath,
      gate: { answerSeconds: 5, intervalSeconds: 1 },
      longRunning: false,
      onNews: () => undefined,
      onFailure,
      onFault: () => undefined,
      onWarning,
    });
    const now = (): SideNow => ({
      allocations: survey.allocations,
      instances: survey.instances,
      lagMs: counter.lagMs(),
      latencyMs: undefined,
    });
    const canary = { ...declared, now };
    const read = new Checks({ checks, canary, other: undefined, environment: {}, onWarning, onFailure });
    read.trafficIsOn();
    const of = (check: string) => {
      counter.know(survey.look());
      counter.ask();
      return read.readings().find((reading) => reading.check === check)?.canary;
    };
    try {
      await work({ of, warnings, survey });
    } finally {
      await Promise.all([survey.close(), counter.close(), read.close()]);
      await nomad.purge(declared.job);
    }
  }

  async function until(name: string, isSo: () => boolean): Promise<void> {
    await eventually(name, () => Promise.resolve(isSo() || undefined));
  }

  it("count each end of a task, also those after which Nomad started it again", async () => {
    const declared = declaredOf("nary-test-ending", 1);
    await checked(declared, async ({ of }) => {
      assert.equal(of("restarts"), null);
      await registerEnding(nomadAddress, declared);
      await until("the third end", () => of("restarts") === 3);
      assert.equal(of("memory"), 0);
    });
  });

  it("count health checks that do not pass, but not the one that says whether traffic is wanted", async () => {
    const declared = declaredOf("nary-test-checked", 2);
    await checked(declared, async ({ of, warnings, survey }) => {
      await registerChecked(nomadAddress, declared);
      const readyOf = () => survey.instances.flatMap((instance) => instance.checks);
      const passing = () => readyOf().filter((check) => check.name === "ready" && check.passing).length;
      await until("two passing instances", () => passing() === 2);
      assert.equal(readyOf().filter((check) => check.name === "routing" && !check.passing).length, 2);
      assert.equal(of("health"), 0);
      const [broken] = survey.instances;
      assert.ok(broken !== undefined);
      const { host, port } = broken.address;
      const { body } = await request(`http://${host}:${port}/break`);
      await body.dump();
      await until("the failing check", () => of("health") === 1);
      assert.ok(warnings.includes(`The health check ready of ${broken.id} does not pass.`));
      assert.equal(of("restarts"), 0);
      assert.deepEqual(
        [...survey.look().values()].map(({ state }) => state),
        ["running", "running"],
      );
      await until("the lag that the instances tell", () => of("lag") === 12.5);
    });
  });
});
