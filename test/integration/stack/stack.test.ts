import assert from "node:assert/strict";
import { sharedCluster } from "../../support/cluster.ts";
import { deleteKeys, setKey, untilInstances } from "../components/consul.ts";
import { untilServers } from "../components/haproxy-stats.ts";
import { purge } from "../components/nomad.ts";
import { configure, get, jobsNamed, newProject, task, type Project } from "./project.ts";

const service = "stack-test";
const canary = "local-canary";
const production = "local-production";

describe("the stacks, by hand", function () {
  this.timeout(120_000);
  let project: Project;
  let statsPort: number;

  before(async () => {
    const { fixedPort } = await sharedCluster();
    statsPort = fixedPort();
    project = await newProject([canary, production]);
    const common = { service, count: "1", cpu: "20", memory: "64", shutdownDelaySeconds: "0", ...task };
    await configure(project, canary, common);
    const haproxy = {
      "haproxy.port": String(fixedPort()),
      "haproxy.statsPort": String(statsPort),
      "haproxy.cpu": "20",
    };
    await configure(project, production, { ...common, ...haproxy });
  });

  after(async () => {
    // Nothing of this is there any more, unless a test has failed.
    for (const job of await jobsNamed(service)) await purge(job);
    await deleteKeys(`nary/local/${service}/`);
  });

  it("need to be told what to run, and how", async () => {
    assert.match(
      await project.failure("preview", "-s", canary),
      /error: There is nothing to run: give the release, as with `nary release IMAGE -s local-canary`/,
    );
    assert.match(
      await project.failure("preview", "-s", production),
      /error: Nothing was promoted to local-production yet.*`nary release IMAGE --first -s local-canary`/,
    );
  });

  it("show what is wrong with a setting as a sentence, not as a trace of calls", async () => {
    await configure(project, canary, { count: "eight" });
    const said = await project.failure("preview", "-s", canary);
    await configure(project, canary, { count: "1" });
    assert.match(
      said,
      /error: Pulumi\.local-canary\.yaml: nary:count is "eight": it must be a whole number of instances/,
    );
    assert.doesNotMatch(said, /settings\/parse\.ts/);
  });

  it("are refused where the service is another environment's, in preview and up", async () => {
    const key = `nary/_services/${service}/twin`;
    await setKey(key, "elsewhere");
    await configure(project, canary, { release: "first" });
    await configure(project, production, { release: "first" });
    for (const stack of [canary, production])
      for (const command of [["preview"], ["up", "--yes", "--skip-preview"]])
        assert.match(
          await project.failure(...command, "-s", stack),
          /error: The service stack-test in Consul is that of the environment elsewhere, and local would replace/,
        );
    assert.deepEqual(await jobsNamed(service), []);
    assert.equal(await get("consul", `/v1/kv/nary/local/${service}/?keys`), undefined);
    for (const stack of [canary, production])
      await project.pulumi("config", "rm", "nary:release", "-s", stack);
    await deleteKeys(key);
  });

  it("come up with the promoted release and HAProxy, are then without change, and go without a trace", async () => {
    const promoted = { version: 1, release: "first", at: "2026-01-02T03:04:05.000Z" };
    await setKey(`nary/local/${service}/run/promoted`, JSON.stringify(promoted));
    assert.match(await project.pulumi("preview", "-s", production), /8 to create/);
    const said = await project.pulumi("up", "--yes", "--skip-preview", "-s", production);
    assert.match(said, /release\s*: "first"/);
    assert.deepEqual(await jobsNamed(service), [service, `${service}-haproxy`]);
    const instances = await untilInstances(service, 1);
    await untilServers(
      statsPort,
      instances.map((port) => `${service}_127.0.0.1_${port}`),
      30,
    );

    await configure(project, canary, { release: "second" });
    await project.pulumi("up", "--yes", "--skip-preview", "-s", canary);
    assert.deepEqual(await jobsNamed(`${service}-c`), [`${service}-canary`]);
    assert.notEqual(await get("consul", `/v1/kv/nary/local/${service}/declared/canary/record`), undefined);
    await untilInstances(`${service}-canary`, 1);
    assert.deepEqual(await get("consul", `/v1/kv/nary/_services/${service}/?keys`), [
      `nary/_services/${service}/canary`,
      `nary/_services/${service}/production`,
    ]);

    const again = async (stack: string) => {
      await project.pulumi("refresh", "--yes", "--skip-preview", "-s", stack, "--expect-no-changes");
      await project.pulumi("up", "--yes", "--skip-preview", "-s", stack, "--expect-no-changes");
    };
    await Promise.all([again(production), again(canary)]);

    await project.pulumi("destroy", "--yes", "--skip-preview", "-s", canary);
    assert.deepEqual(await jobsNamed(service), [service, `${service}-haproxy`], "production stays");
    await project.pulumi("destroy", "--yes", "--skip-preview", "-s", production);
    assert.deepEqual(await jobsNamed(service), []);
    for (const prefix of [`nary/local/${service}/declared/`, `nary/_services/${service}/`])
      assert.equal(await get("consul", `/v1/kv/${prefix}?keys`), undefined);
    for (const name of [service, `${service}-canary`]) await untilInstances(name, 0);
  });
});
