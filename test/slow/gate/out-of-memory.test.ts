import assert from "node:assert/strict";
import { realpath } from "node:fs/promises";
import { z } from "zod";
import { nomadAddress } from "../../../demo/cluster/nomad.ts";
import { nextEnds, noEnds, restartsOf } from "../../../gate/check/ends.ts";
import { Nomad } from "../../../gate/clients/nomad.ts";
import { eventually } from "../../integration/gate/job.ts";
import { nomadServer, startServer, stopAclServers } from "../../support/acl-servers.ts";
import { runProgram } from "../../support/program.ts";

const job = "nary-test-memory";

/** Reads a line that never ends into memory, of which it has 32 MiB. */
const task = {
  Name: "api",
  Driver: "exec",
  Config: { command: "/usr/bin/tail", args: ["/dev/zero"] },
  Resources: { CPU: 20, MemoryMB: 32 },
};

const nodes = z.array(z.object({ Drivers: z.record(z.string(), z.object({ Healthy: z.boolean() })) }));

describe("a task that is killed because it has no memory left", function () {
  this.timeout(240_000);

  after(stopAclServers);

  it("is counted each time", async () => {
    const libraries = await runProgram("ldd", [task.Config.command]);
    const own = ["/etc/passwd", "/etc/group", task.Config.command];
    const paths = [...own, ...[...libraries.stdout.matchAll(/(\/\S+) \(0x/g)].map(([, path = ""]) => path)];
    // A link would lead nowhere in the task's own file system.
    const files = await Promise.all(paths.map(async (path) => `"${await realpath(path)}" = "${path}"`));
    const { address, request } = await startServer({
      header: "X-Nomad-Token",
      address: nomadAddress,
      // All of /usr would be put into the task's own file system otherwise.
      run: (folder, ports) =>
        nomadServer(
          folder,
          ports,
          `client {
            enabled           = true
            network_interface = "lo"
            min_dynamic_port  = ${ports.dynamic.first}
            max_dynamic_port  = ${ports.dynamic.last}
            options           = { "fingerprint.denylist" = "env_aws,env_gce,env_azure,env_digitalocean" }
            chroot_env {
              ${files.join("\n")}
            }
          }`,
        ),
      isReady: async (server) => {
        const answer = await server.request("GET", "/v1/nodes");
        const [node] = nodes.parse(await answer.json());
        return node?.Drivers["exec"]?.Healthy === true;
      },
    });
    const group = {
      Name: "web",
      Count: 1,
      RestartPolicy: { Attempts: 1, Interval: 600e9, Delay: 1e6, Mode: "fail" },
      ReschedulePolicy: { Attempts: 0, Unlimited: false },
      Tasks: [task],
    };
    const Job = { ID: job, Type: "service", Datacenters: ["*"], TaskGroups: [group] };
    const answer = await request("PUT", "/v1/jobs", { Job });
    assert.equal(answer.status, 200, await answer.text());
    const nomad = new Nomad(new URL(address));
    try {
      let ends = noEnds;
      const twice = async () => {
        const { allocations } = await nomad.allocations(job);
        ends = nextEnds(ends, allocations);
        return ends.kills.size === 2 || undefined;
      };
      await eventually("the second kill", twice, 60);
      assert.equal(restartsOf(ends), 2);
    } finally {
      await nomad.purge(job);
      await nomad.close();
    }
  });
});
