import assert from "node:assert/strict";
import { z } from "zod";
import { Consul } from "../../../gate/clients/consul.ts";
import { Nomad } from "../../../gate/clients/nomad.ts";
import { declaredOf, eventually } from "../../integration/gate/job.ts";
import { openSurvey } from "../../integration/gate/surveyed.ts";
import { startAclNomad, stopAclServers } from "../../support/acl-servers.ts";
import { sharedCluster } from "../../support/cluster.ts";

const nodes = z.array(z.object({ ID: z.string() }));

/** Seconds that a machine with other work may take for a client to be there, or a task. */
const patience = 60;

describe("a canary whose node is drained", function () {
  this.timeout(240_000);

  after(stopAclServers);

  it("has moved, which is no failure of the release", async () => {
    const server = await startAclNomad({ client: true });
    const nomad = new Nomad(new URL(server.address), server.token);
    const consul = new Consul(new URL((await sharedCluster()).consulAddress));
    const declared = declaredOf("nary-test-drained", 1);
    const failures: unknown[] = [];
    const survey = openSurvey({ consul, nomad, declared, onFailure: (error) => failures.push(error) });
    const stateOf = async (state: string) =>
      await eventually(
        state,
        () => {
          const member = [...survey.look().values()].find((each) => each.state === state);
          return Promise.resolve(member);
        },
        patience,
      );
    try {
      const task = { Name: "api", Driver: "raw_exec", Config: { command: "sleep", args: ["600"] } };
      const group = { Name: "web", Count: 1, Tasks: [{ ...task, Resources: { CPU: 20, MemoryMB: 32 } }] };
      const Job = {
        ID: declared.job,
        Type: "service",
        Datacenters: ["*"],
        Meta: { nary_release: declared.release },
        TaskGroups: [group],
      };
      const ready = async () => {
        const [node] = nodes.parse(await (await server.request("GET", "/v1/nodes")).json());
        return node;
      };
      const { ID } = await eventually("a node", ready, patience);
      assert.equal((await server.request("PUT", "/v1/jobs", { Job })).status, 200);
      await eventually(
        "a running canary",
        async () => {
          const { allocations } = await nomad.allocations(declared.job);
          return allocations.find(({ client }) => client === "running");
        },
        patience,
      );
      const drain = { DrainSpec: { Deadline: 1e9 }, MarkEligible: false };
      assert.equal((await server.request("PUT", `/v1/node/${ID}/drain`, drain)).status, 200);
      const { why } = await stateOf("moved");
      assert.match(why, /was stopped by Nomad: alloc is being migrated/);
      assert.deepEqual(failures, []);
    } finally {
      await survey.close();
      await nomad.purge(declared.job);
      await Promise.all([nomad.close(), consul.close()]);
    }
  });
});
