import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { startCluster, type Cluster } from "../../../demo/cluster/start.ts";
import { deleteKeys } from "../../integration/components/consul.ts";
import { purge } from "../../integration/components/nomad.ts";
import { jobsNamed, newProject, type Project } from "../../integration/stack/project.ts";
import { sharedCluster, type SharedCluster } from "../../support/cluster.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { configurePair, recordsOf, startClients, startNary } from "./releases.ts";

const service = "twice";
const jobs = z.array(z.object({ ID: z.string(), JobModifyIndex: z.number() }));

/** Jobs of a Nomad by name, and when they were last changed. */
async function jobsAt(nomadAddress: string): Promise<Record<string, number>> {
  const response = await fetch(`${nomadAddress}/v1/jobs?prefix=${service}`);
  const found = jobs.parse(await response.json());
  return Object.fromEntries(found.map(({ ID: id, JobModifyIndex: index }) => [id, index]));
}

describe("the same service in two environments of one program", function () {
  this.timeout(240_000);
  let project: Project;
  let here: SharedCluster;
  let there: Cluster;
  let port: number;
  let portThere: number;

  before(async () => {
    here = await sharedCluster();
    const folder = join(await temporaryFolder(), "second");
    await mkdir(folder);
    const names = { datacenter: "dc2", region: "west" };
    there = await startCluster({ folder, environment: here.environment, ...names });
    [port, portThere] = [here.fixedPort(), there.fixedPorts[0] ?? 0];
    const [statsPort, statsThere] = [here.fixedPort(), there.fixedPorts[1] ?? 0];
    project = await newProject(["east-canary", "east-production", "west-canary", "west-production"]);
    const haproxy = (own: number, stats: number) => ({
      "haproxy.port": String(own),
      "haproxy.statsPort": String(stats),
      "haproxy.cpu": "20",
    });
    await configurePair(project, "east", service, haproxy(port, statsPort));
    await configurePair(project, "west", service, haproxy(portThere, statsThere));
    await released(0, "first", "--first", "-s", "east-canary");
  });

  after(async () => {
    await there.stop();
    for (const name of await jobsNamed(service)) await purge(name);
    for (const environment of ["east", "west"]) await deleteKeys(`nary/${environment}/`);
  });

  async function released(exitCode: number, ...args: string[]): Promise<string> {
    const ended = await startNary(project, "release", ...args).ended;
    assert.equal(ended.exitCode, exitCode, ended.stdout + ended.stderr);
    return ended.stderr;
  }

  const answer = (of: number) => fetch(`http://127.0.0.1:${of}/`).then((response) => response.text());

  it("is refused where both have the same Nomad, and what runs there stays as it is", async () => {
    const before = await jobsAt(here.nomadAddress);
    assert.deepEqual(Object.keys(before).sort(), [service, `${service}-haproxy`]);
    const said = await released(2, "other", "--first", "-s", "west-canary");
    assert.match(
      said,
      /^nary: The job twice in Nomad is that of the environment east, and west would replace it/,
    );
    assert.equal(said.trimEnd().split("\n").length, 1);
    for (const stack of ["west-canary", "west-production"])
      assert.match(
        await project.failure("up", "--yes", "--skip-preview", "-s", stack, "-c", "nary:release=other"),
        /error: The service twice in Consul is that of the environment east, and west would replace its jobs/,
      );
    assert.deepEqual(await jobsAt(here.nomadAddress), before);
    assert.deepEqual(await recordsOf(here.consulAddress, "west", service), {
      promoted: undefined,
      traffic: undefined,
      history: [],
    });
  });

  it("is not released where the servers know nothing of the datacenter or the region that is meant", async () => {
    for (const [key, value, expected] of [
      ["consul:datacenter", "dc2", /^nary: Consul at \S+ answered 500 to .*No path to datacenter/],
      ["nomad:region", "west", /^nary: Nomad at \S+ answered 500 to .*No path to region/],
    ] as const) {
      await project.pulumi("config", "set", key, value, "-s", "west-canary");
      assert.match(await released(4, "first", "--first", "-s", "west-canary"), expected);
      await project.pulumi("config", "rm", key, "-s", "west-canary");
    }
  });

  it("is released in each, one after the other, where each has a datacenter and servers of its own", async () => {
    for (const stack of ["west-canary", "west-production"])
      await project.pulumi(
        ...["config", "set-all", "-s", stack],
        ...["--plaintext", `nomad:address=${there.nomadAddress}`, "--plaintext", "nomad:region=west"],
        ...["--plaintext", `consul:address=${there.consulAddress}`, "--plaintext", "consul:datacenter=dc2"],
        ...["--plaintext", 'nary:datacenters=["dc2"]'],
      );
    const before = await jobsAt(here.nomadAddress);
    await released(0, "first", "--first", "-s", "west-canary");
    const clients = startClients(`http://127.0.0.1:${portThere}/`);
    await released(0, "second", "-s", "west-canary").finally(clients.stop);
    assert.deepEqual(await jobsAt(here.nomadAddress), before);
    assert.deepEqual(
      [await answer(port), await answer(portThere)],
      [`${service} first`, `${service} second`],
    );

    const jobsThere = await jobsAt(there.nomadAddress);
    const clientsHere = startClients(`http://127.0.0.1:${port}/`);
    await released(1, "bad", "-s", "east-canary").finally(clientsHere.stop);
    assert.deepEqual(await jobsAt(there.nomadAddress), jobsThere);
    assert.deepEqual(await recordsOf(there.consulAddress, "west", service), {
      promoted: "second",
      traffic: "off",
      history: ["promote first", "promote second"],
    });
    assert.deepEqual(await recordsOf(here.consulAddress, "east", service), {
      promoted: "first",
      traffic: "off",
      history: ["promote first", "reject bad"],
    });
    for (const [consul, environment] of [
      [here.consulAddress, "west"],
      [there.consulAddress, "east"],
    ] as const) {
      const keys = await fetch(`${consul}/v1/kv/nary/${environment}/?keys`);
      await keys.body?.cancel();
      assert.equal(keys.status, 404, `${consul} knows nothing of ${environment}`);
    }
  });
});
