import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Checks, type CheckedSide } from "../../../gate/check/checks.ts";
import type { Reading } from "../../../gate/decide/observation.ts";
import { gateChecks } from "../../../settings/gate-checks.ts";
import { eventually } from "../../integration/gate/job.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { password, startPrometheus, user, type RunningPrometheus } from "./prometheus-server.ts";

const side = (name: string, release: string): CheckedSide => ({
  service: name,
  job: name,
  release,
  now: () => ({ allocations: [], instances: [], lagMs: undefined, latencyMs: undefined }),
});
const canary = side("api-canary", "example/api:1.2");
const production = side("api", "example/api:1.1");
const environment = { PROMETHEUS_PASSWORD: password };
const auth = { type: "basic", user, passwordFrom: { env: "PROMETHEUS_PASSWORD" } };

describe("checks that ask a real Prometheus", function () {
  this.timeout(60_000);
  let prometheus: RunningPrometheus;

  before(async () => {
    prometheus = await startPrometheus();
  });

  after(() => prometheus.close());

  type Asked = { until: (isSo: (reading: Reading) => boolean) => Promise<Reading>; checks: Checks };

  async function asked(settings: object, work: (asked: Asked) => Promise<void>): Promise<void> {
    const check = { type: "prometheus", name: "it", noData: "wait", everySeconds: 0.5, auth, ...settings };
    const checks = new Checks({
      checks: gateChecks.parse([{ address: prometheus.address, ...check }]),
      canary,
      other: production,
      environment,
      onWarning: () => undefined,
      onFailure: (error) => {
        throw error;
      },
    });
    const until: Asked["until"] = async (isSo) =>
      await eventually("the reading", () =>
        Promise.resolve(checks.readings().find((reading) => isSo(reading))),
      );
    try {
      await work({ until, checks });
    } finally {
      await checks.close();
    }
  }

  it("get one number of each side, and the newest one", async () => {
    prometheus.tell('errors{job="api-canary"} 3\nerrors{job="api"} 2');
    await asked({ query: 'sum(errors{job="$job"})', ratio: 1.5 }, async ({ until }) => {
      assert.deepEqual(await until(({ canary, other }) => canary !== null && other !== null), {
        check: "it",
        canary: 3,
        other: 2,
        why: "",
      });
      prometheus.tell('errors{job="api-canary"} 7\nerrors{job="api"} 2');
      assert.equal((await until(({ canary }) => canary === 7)).other, 2);
    });
  });

  it("take a scalar too, and ask the other side another question where there is one", async () => {
    await asked({ query: "scalar(vector(4))", otherQuery: "vector(5)", ratio: 1 }, async ({ until }) => {
      const { canary, other } = await until((reading) => reading.canary !== null);
      assert.deepEqual([canary, other], [4, 5]);
    });
  });

  it("take a side's name for nothing but itself, also in a pattern", async () => {
    prometheus.tell('build{release="example/api:1.2"} 1\nbuild{release="example/api:1x2"} 1');
    const query = "count(build{release=~\"$release\"}) + count(build{release='$release'})";
    await asked({ query, limit: 1 }, async ({ until }) => {
      assert.equal((await until(({ canary }) => canary !== null)).canary, 2);
    });
  });

  const without: [string, string, RegExp][] = [
    ["no sample", 'errors{job="nobody"}', /has no sample for the query/],
    [
      "several samples",
      'label_replace(vector(1), "a", "b", "", "") or vector(2)',
      /has 2 samples for the query/,
    ],
    ["no number", "vector(0) / 0", /gave "NaN" for the query/],
    ["a range", "errors[5m]", /gave a matrix for the query/],
    ["text", '"text"', /gave a string for the query/],
  ];
  for (const [what, query, why] of without) {
    it(`have no data with ${what}, and say so`, async () => {
      await asked({ query, limit: 1 }, async ({ until }) => {
        const reading = await until(() => true);
        assert.equal(reading.canary, null);
        assert.match(reading.why, why);
      });
    });
  }

  it("take infinity for a number above every limit", async () => {
    await asked({ query: "vector(1) / 0", limit: 1e15 }, async ({ until }) => {
      assert.equal((await until(() => true)).canary, Number.MAX_VALUE);
    });
  });

  it("say what Prometheus refuses, in its own words", async () => {
    await asked({ query: "sum(errors", limit: 1 }, async ({ until, checks }) => {
      await until(() => true);
      const [said, ...others] = checks.refusals;
      assert.match(
        said ?? "",
        /^The check it cannot be read: Prometheus at http:\S+ answered HTTP 400: .*parse error/,
      );
      assert.deepEqual(others, []);
    });
  });

  it("take the password from a file, and say when it is the wrong one, without showing it", async () => {
    const file = join(await temporaryFolder(), "password");
    await writeFile(file, "another-password\n");
    const fromFile = { auth: { type: "basic", user, passwordFrom: { file } }, query: "vector(1)", limit: 1 };
    await asked(fromFile, async ({ until, checks }) => {
      await until(() => true);
      assert.match(checks.refusals.join(), /answered HTTP 401/);
      assert.doesNotMatch(checks.refusals.join(), /another-password/);
      await writeFile(file, `${password}\n`);
      await until(({ canary }) => canary === 1);
      assert.deepEqual(checks.refusals, []);
    });
  });

  it("have no data while Prometheus is away, and go on when it is back", async () => {
    await asked({ query: "vector(1)", limit: 1 }, async ({ until }) => {
      await until(({ canary }) => canary === 1);
      await prometheus.end();
      assert.match((await until(({ canary }) => canary === null)).why, /cannot be reached/);
      await prometheus.startAgain();
      await until(({ canary }) => canary === 1);
    });
  });
});
