import assert from "node:assert/strict";
import * as nomad from "@pulumi/nomad";
import { z } from "zod";
import { renderCanaryJob } from "../../../components/job/canary.ts";
import type { NomadJob } from "../../../components/job/nomad.ts";
import { renderServiceJob } from "../../../components/job/production.ts";
import { secretsPolicyOf } from "../../../components/job/secrets.ts";
import { until } from "../../../demo/cluster/until.ts";
import { answer, startAclNomad, stopAclServers, type AclServer } from "../../support/acl-servers.ts";
import { newStack, type TestStack } from "../../integration/plugins/stack.ts";
import { canaryOf, serviceOf } from "../../unit/components/descriptions.ts";

const service = "secrets-acl-test";
const path = `nomad/jobs/${service}`;
const task = {
  driver: "raw_exec",
  command: "/bin/sh",
  args: ["-c", 'test "$PASSWORD" = hunter2 && sleep 600'],
};
const changes = { service, count: 1, cpu: 20, memory: 20, task, secrets: { PASSWORD: { item: "password" } } };
const canary = canaryOf(changes);

const allocations = z.array(
  z.object({
    ClientStatus: z.string(),
    TaskStates: z
      .record(z.string(), z.object({ Events: z.array(z.object({ DisplayMessage: z.string() })) }))
      .nullable(),
  }),
);

describe("secrets where Nomad's ACLs are on", function () {
  this.timeout(240_000);
  let server: AclServer;
  let stack: TestStack;

  before(async () => {
    server = await startAclNomad({ client: true });
    stack = await newStack({ NOMAD_ADDR: server.address, NOMAD_TOKEN: server.token });
    await accepted("PUT", `/v1/var/${path}`, { Path: path, Items: { password: "hunter2" } });
  });

  after(stopAclServers);

  async function accepted(method: string, where: string, body: unknown): Promise<void> {
    await answer(server.request(method, where, body), z.unknown());
  }

  /** Without its registration: there is no Consul beside this Nomad. */
  async function run(job: NomadJob): Promise<void> {
    const groups = job.TaskGroups.map((group) => ({ ...group, Services: [] }));
    await accepted("PUT", "/v1/jobs", { Job: { ...job, TaskGroups: groups } });
  }

  /** What became of the job's newest allocation, as soon as it satisfies. */
  async function outcome(job: string, satisfies: (said: string, status: string) => boolean): Promise<string> {
    let last = "nothing";
    const found = await until(async () => {
      const [one] = await answer(server.request("GET", `/v1/job/${job}/allocations`), allocations);
      if (one === undefined) return undefined;
      const events = Object.values(one.TaskStates ?? {}).flatMap(({ Events: all }) => all);
      const said = events.map(({ DisplayMessage: text }) => text).join("; ");
      last = `${one.ClientStatus}: ${said}`;
      return satisfies(said, one.ClientStatus) ? last : undefined;
    }, 90_000);
    assert.ok(found !== undefined, last);
    return found;
  }

  const runs = (_said: string, status: string) => status === "running";

  it("are production's by its name, and a canary's only by its policy", async () => {
    await run(renderServiceJob(serviceOf(changes)));
    await outcome(service, runs);

    await run(renderCanaryJob(canary));
    await outcome(
      `${service}-canary`,
      (said, status) => status === "pending" && /Missing: nomad\.var|permission denied/i.test(said),
    );

    await stack.up(() => {
      const policy = secretsPolicyOf(canary, "canary");
      assert.ok(policy !== undefined);
      new nomad.AclPolicy("policy", policy);
      return Promise.resolve();
    });
    await outcome(`${service}-canary`, runs);
    await stack.destroy();
  });
});
