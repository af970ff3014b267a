import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { untilInstances } from "../components/consul.ts";
import { purge } from "../components/nomad.ts";
import { answer, configure, get, jobsNamed, newProject, type Project } from "./project.ts";

const service = "own-jobspec";
const canary = "local-canary";

/** What a team has before it knows of Nary; it says `first`, whatever is released. */
const hcl = `
job "shop" {
  group "web" {
    shutdown_delay = "0s"
    network {
      port "web" {}
    }
    service {
      name = "shop"
      port = "web"
    }
    task "web" {
      driver = "raw_exec"
      config {
        command = "/srv/shop"
        args    = ["-e", ${JSON.stringify(answer.replace("process.env.PORT", "process.env.NOMAD_PORT_web").replace("process.env.HOST", "process.env.NOMAD_IP_web"))}]
      }
      resources {
        cpu    = 20
        memory = 64
      }
    }
  }
}`;

describe("a project with settings alone and a job file of its own", function () {
  this.timeout(120_000);
  let project: Project;

  before(async () => {
    project = await newProject([canary]);
    await writeFile(join(project.folder, "shop.nomad.hcl"), hcl);
  });

  after(async () => {
    for (const job of await jobsNamed(service)) await purge(job);
  });

  it("brings the file's job up as the canary, is then without change, and goes without a trace", async () => {
    const settings = {
      service,
      count: "2",
      port: "web",
      jobspec: "shop.nomad.hcl",
      release: process.execPath,
    };
    for (const key of ["cpu", "memory", "task", "shutdownDelaySeconds"])
      await project.pulumi("config", "rm", `nary:${key}`, "-s", canary);
    await configure(project, canary, settings);
    const said = await project.pulumi("up", "--yes", "--skip-preview", "-s", canary);
    assert.match(
      said,
      /shop\.nomad\.hcl: added the meta by which the gate finds the job; the check liveness/,
    );
    assert.deepEqual(await jobsNamed(service), [`${service}-canary`]);
    await untilInstances(`${service}-canary`, 2);
    await project.pulumi("up", "--yes", "--skip-preview", "-s", canary, "--expect-no-changes");
    await project.pulumi("destroy", "--yes", "--skip-preview", "-s", canary);
    assert.deepEqual(await jobsNamed(service), []);
    assert.equal(await get("consul", `/v1/kv/nary/local/${service}/?keys`), undefined);
  });
});
