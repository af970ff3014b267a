import assert from "node:assert/strict";
import { appendFile, cp, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { z } from "zod";
import { CanaryJob } from "../../../components/canary-job.ts";
import { ServiceJob } from "../../../components/service-job.ts";
import { startCluster, type Cluster } from "../../../demo/cluster/start.ts";
import { makeBaseImage } from "../../../demo/docker/images.ts";
import { newStack } from "../../integration/plugins/stack.ts";
import { projectIn, type Project } from "../../integration/stack/project.ts";
import { runProgram } from "../../support/program.ts";
import { projectCopy, temporaryFolder } from "../../support/temporary.ts";
import { succeed } from "../library/packages.ts";
import { startRegistry, type Registry } from "../registry.ts";

const example = join(import.meta.dirname, "../../../examples");
const job = z.object({
  TaskGroups: z.tuple([
    z.object({ Tasks: z.tuple([z.object({ Config: z.object({ image: z.string() }) })]) }),
  ]),
});
const allocations = z.array(z.object({ ID: z.string(), ClientStatus: z.string(), TaskStates: z.unknown() }));

describe("an image", function () {
  this.timeout(400_000);
  let cluster: Cluster;
  let registry: Registry;
  let project: Project;
  let base: string;

  /** The example in a git repository of its own, as its user has it. */
  before(async () => {
    const folder = join(await temporaryFolder(), "cluster");
    await mkdir(folder);
    cluster = await startCluster({ folder, environment: process.env, docker: true });
    registry = await startRegistry(cluster.fixedPorts[0] ?? 0);
    const surroundings = { cwd: folder, environment: process.env, signal: new AbortController().signal };
    base = await makeBaseImage(folder, surroundings);
    const root = await projectCopy();
    await cp(example, join(root, "examples"), { recursive: true });
    project = await projectIn(join(root, "examples", "service-image"), ["image"]);
    await git("init", "--quiet");
    await commit("The example");
    const settings = { registry: registry.server, username: registry.username, base };
    for (const [key, value] of Object.entries(settings)) await project.pulumi("config", "set", key, value);
    await setPassword(registry.password);
  });

  after(async () => {
    const images = await builtOn(base);
    await registry.stop();
    await cluster.stop();
    for (const image of images) await runProgram("docker", ["rmi", "--force", image]);
  });

  /** All that was built on an image, stages without a name included. */
  const builtOn = async (image: string): Promise<string[]> => {
    const lines = async (...args: string[]) => (await succeed("docker", args)).trim().split("\n");
    const format = "{{.Id}} {{index .RootFS.Layers 0}}";
    const [first = ""] = await lines("image", "inspect", "--format", "{{index .RootFS.Layers 0}}", image);
    const ids = await lines("images", "--quiet", "--no-trunc", "--filter", `since=${image}`);
    const all = await lines("image", "inspect", "--format", format, image, ...ids.filter((id) => id !== ""));
    return all.flatMap((line) => (line.endsWith(` ${first}`) ? (line.split(" ")[0] ?? []) : []));
  };

  const git = async (...args: string[]) => (await succeed("git", ["-C", project.folder, ...args])).trim();
  const commit = async (message: string) => {
    await git("add", "app");
    await git("-c", "user.name=test", "-c", "user.email=test@localhost", "commit", "-qm", message);
  };
  const setPassword = (password: string) => project.pulumi("config", "set", "--secret", "password", password);
  const up = () => project.pulumi("up", "--yes", "--skip-preview");
  const get = async <Schema extends z.ZodType>(schema: Schema, path: string): Promise<z.output<Schema>> =>
    schema.parse(await (await fetch(cluster.nomadAddress + path)).json());

  const imageOf = async (allocation: string): Promise<string> => {
    const filter = `label=com.hashicorp.nomad.alloc_id=${allocation}`;
    const container = await succeed("docker", ["ps", "--quiet", "--filter", filter]);
    return (await succeed("docker", ["inspect", "--format", "{{.Image}}", container.trim()])).trim();
  };

  /** The images of a job's running containers, as Docker knows them. */
  const running = async (name: string, count: number): Promise<string[]> => {
    for (let tries = 0; tries < 1_200; tries++) {
      const all = await get(allocations, `/v1/job/${name}/allocations`);
      const up = all.filter(({ ClientStatus: status }) => status === "running");
      const failed = all.find(({ ClientStatus: status }) => status === "failed");
      if (failed !== undefined) throw new Error(JSON.stringify(failed.TaskStates));
      if (up.length === count) {
        return await Promise.all(up.map(({ ID: id }) => imageOf(id)));
      }
      await sleep(100);
    }
    throw new Error(`${name} does not run ${count} containers.`);
  };

  it("is built from the example, pushed under its commit, and the same one in canary and production", async () => {
    await up();
    const release = (await project.pulumi("stack", "output", "release")).trim();
    const head = await git("rev-parse", "HEAD");
    assert.equal(release, `${registry.server}/api@${await registry.digestOf("api", head)}`);
    assert.match(
      await project.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes"),
      /2 unchanged|3 unchanged/,
    );

    const stack = await newStack({ ...cluster.environment });
    const task = { driver: "docker" as const, networkMode: "host" };
    const shared = { environment: "local", service: "image-test", release, task, cpu: 20, memory: 64 };
    const program = () => {
      new CanaryJob("canary", { ...shared, count: 1 });
      new ServiceJob("production", { ...shared, count: 2 });
      return Promise.resolve();
    };
    await stack.up(program);
    try {
      const specs = await Promise.all([
        get(job, "/v1/job/image-test-canary"),
        get(job, "/v1/job/image-test"),
      ]);
      const images = specs.map(
        ({
          TaskGroups: [
            {
              Tasks: [task],
            },
          ],
        }) => task.Config.image,
      );
      assert.deepEqual(images, [release, release]);
      const containers = [...(await running("image-test-canary", 1)), ...(await running("image-test", 2))];
      const id = (await succeed("docker", ["image", "inspect", "--format", "{{.Id}}", release])).trim();
      assert.deepEqual(containers, [id, id, id]);
    } finally {
      await stack.destroy();
    }
  });

  it("is not built of what is not committed", async () => {
    await appendFile(join(project.folder, "app", "main.ts"), "// more\n");
    assert.match(
      stripVTControlCharacters(await project.failure("preview")),
      /propertyPath: 'context',\s+reason: '"app" has changes that are not committed \(app\/main\.ts\): commit them, or set allowDirty/,
    );
    await commit("More");
  });

  it("is not pushed with a wrong password, which nobody gets to see", async () => {
    const wrong = "wrong-pass-5512";
    await appendFile(join(project.folder, "app", "main.ts"), "// still more\n");
    await commit("Still more");
    await setPassword(wrong);
    const said = await project.failure("up", "--yes", "--skip-preview");
    await setPassword(registry.password);
    assert.match(
      said,
      /error: registry: the registry of \S+\/api refuses the push: .+; look at the user name and the password\n/,
    );
    const state = await readFile(join(project.folder, "state/.pulumi/stacks/api-image/image.json"), "utf8");
    for (const text of [said, state])
      for (const secret of [wrong, registry.password]) assert.ok(!text.includes(secret));
  });
});
