import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { CanaryJob } from "../../../components/canary-job.ts";
import { readJobspec } from "../../../components/job/read-jobspec.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { closedPort } from "../gate/sockets.ts";
import { newStack, type TestStack } from "../plugins/stack.ts";
import { healthOf, purge } from "./nomad.ts";

const service = "jobspec-test";
const job = `${service}-canary`;

/** As teams have them: more than Nary names, and another release and count. */
const hcl = `
variable "cpu" {
  type    = number
  default = 20
}

job "shop-v7" {
  datacenters = ["*"]
  type        = "service"
  meta { team = "payments" }

  group "web" {
    count          = 9
    shutdown_delay = "0s"
    network {
      port "http" {}
    }
    ephemeral_disk { size = 200 }
    restart {
      attempts = 9
      interval = "1m"
      delay    = "1s"
      mode     = "fail"
    }
    service {
      name = "shop"
      port = "http"
      tags = ["team-\${NOMAD_META_team}"]
      check {
        type     = "tcp"
        interval = "1s"
        timeout  = "1s"
      }
    }
    task "web" {
      driver = "raw_exec"
      config {
        command = "/srv/shop-6"
        args    = ["-e", <<EOT
require("http").createServer((_, answer) => answer.end()).listen(process.env.NOMAD_PORT_http, process.env.NOMAD_IP_http)
EOT
        ]
      }
      resources {
        cpu    = var.cpu
        memory = 64
      }
    }
  }
}
`;

describe("a job file of the user's own, on a real Nomad", function () {
  this.timeout(120_000);
  let folder: string;
  let stack: TestStack;
  let address: string;

  before(async () => {
    address = (await sharedCluster()).nomadAddress;
    folder = await temporaryFolder();
    stack = await newStack();
  });

  after(() => purge(job));

  async function file(name: string, text: string): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, text);
    return path;
  }

  it("is released as it is, under the canary's name", async () => {
    const jobspec = await file("shop.nomad.hcl", hcl);
    // Programs of tests run in this process, which has no address of its own.
    process.env["NOMAD_ADDR"] = address;
    try {
      await stack.up(() => {
        const release = process.execPath;
        new CanaryJob("canary", {
          jobspec,
          environment: "default",
          service,
          release,
          count: 1,
          transform: (job) => ({ ...job, Priority: 61 }),
        });
        return Promise.resolve();
      });
    } finally {
      delete process.env["NOMAD_ADDR"];
    }
    assert.equal(await healthOf(job), true);
    const state = await stack.state();
    for (const part of ["team-${NOMAD_META_team}", process.execPath, '\\"Count\\":1', "nary_release"])
      assert.ok(state.includes(part), part);
    const registered = await fetch(`${address}/v1/job/${job}`);
    assert.equal(z.object({ Priority: z.number() }).parse(await registered.json()).Priority, 61);
    await stack.forget();
  });

  const parser = () => ({ address, token: undefined });

  it("is one sentence when it cannot be read", async () => {
    const { port } = await closedPort();
    const away = { address: `http://127.0.0.1:${port}`, token: undefined };
    const good = await file("good.hcl", hcl);
    const unset = await file("unset.hcl", hcl.replace("default = 20", ""));
    const broken = await file("broken.hcl", "job {");
    const json = await file("broken.json", "{");
    for (const [path, server, expected] of [
      [join(folder, "none.hcl"), parser(), /none\.hcl cannot be read: ENOENT/],
      [good, away, /without Nomad, and http:\/\/127\.0\.0\.1:\d+ cannot be reached: .*ECONNREFUSED/],
      [unset, parser(), /has a variable without a default/],
      [broken, parser(), /broken\.hcl is not what Nomad takes: /],
      [json, parser(), /broken\.json is no JSON: /],
    ] as const)
      await assert.rejects(readJobspec(path, server), { code: "NARY_SETTINGS", message: expected });
  });

  it("is the same as JSON, which no server has to read", async () => {
    const parsed = await readJobspec(await file("same.hcl", hcl), parser());
    const nobody = { address: "http://nobody.invalid", token: undefined };
    const text = JSON.stringify({ Job: parsed });
    assert.deepEqual(await readJobspec(await file("same.json", text), nobody), parsed);
  });
});
