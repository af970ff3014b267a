import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cp, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { startCluster, type Cluster } from "../../../demo/cluster/start.ts";
import { until } from "../../../demo/cluster/until.ts";
import { buildImage, makeBaseImage } from "../../../demo/docker/images.ts";
import { allTools, ensureTools, toolEnvironment } from "../../../tools/toolchain/index.ts";
import { eventsOf } from "../../support/events.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { packages, pinned, succeed } from "../library/packages.ts";

const example = join(import.meta.dirname, "../../../examples/classdojo");

const job = z.object({
  ID: z.string(),
  TaskGroups: z.array(
    z.object({
      Name: z.string(),
      Count: z.number(),
      Networks: z.array(z.object({ DynamicPorts: z.array(z.object({ Label: z.string() })) })),
      Services: z.array(z.object({ Name: z.string(), PortLabel: z.string() })),
      Tasks: z.array(
        z.object({
          Name: z.string(),
          Driver: z.string(),
          Resources: z.object({ CPU: z.number(), MemoryMB: z.number() }),
        }),
      ),
    }),
  ),
});

describe("examples/classdojo", function () {
  this.timeout(600_000);
  let cluster: Cluster | undefined;

  afterEach(async () => {
    await cluster?.stop();
    cluster = undefined;
  });

  it("is at most 60 lines of configuration, and no code", async () => {
    const files = (await readdir(example)).filter((name) => name !== "README.md");
    assert.deepEqual(
      files.filter((name) => !/\.(?:yaml|json)$/.test(name)),
      [],
    );
    const texts = await Promise.all(files.map((name) => readFile(join(example, name), "utf8")));
    assert.ok(texts.join("").trimEnd().split("\n").length <= 60);
  });

  it("is the article's job, service, backend and goal once it is deployed", async () => {
    const environment = toolEnvironment(await ensureTools(allTools));
    const root = await temporaryFolder();
    const [folder, project] = [join(root, "cluster"), join(root, "project")];
    await mkdir(folder);
    cluster = await startCluster({ folder, environment, docker: true });
    const signal = new AbortController().signal;
    const surroundings = { cwd: folder, environment: cluster.environment, signal };
    const base = await makeBaseImage(folder, surroundings);
    const image = await buildImage({ folder, base, name: "good", faults: "" }, surroundings);

    await cp(example, project, { recursive: true });
    await rm(join(project, "package.json"));
    const { nary, nomad } = await packages();
    const registry = await pinned("@pulumi/pulumi", "@pulumi/consul", "@pulumi/docker");
    const install = ["install", "--prefer-offline", "--silent", ...registry, nary.tarball, nomad.tarball];
    await succeed("npm", install, { cwd: project });
    await mkdir(join(project, "state"));
    const env = {
      ...cluster.environment,
      PULUMI_BACKEND_URL: `file://${project}/state`,
      PULUMI_CONFIG_PASSPHRASE: "a passphrase for a test",
      PULUMI_HOME: join(project, "home"),
      PULUMI_SKIP_UPDATE_CHECK: "true",
      XDG_STATE_HOME: join(project, "records"),
    };
    const pulumi = (...args: string[]) =>
      succeed("pulumi", [...args, "--non-interactive"], { cwd: project, env });
    const [port, statsPort] = cluster.fixedPorts;
    // What stands for the cluster here: no bridge and no registry, and ports that are free.
    const here = ["task.networkMode=host", "except.image-by-digest=no registry here"];
    const haproxy = [
      "haproxy.bind=127.0.0.1",
      `haproxy.port=${port ?? 0}`,
      `haproxy.statsPort=${statsPort ?? 0}`,
    ];
    for (const [stack, changes] of [
      ["production", [...here, ...haproxy]],
      ["canary", here],
    ] as const) {
      await pulumi("stack", "init", stack, "--no-select");
      const values = changes.flatMap((change) => ["--plaintext", `nary:${change}`]);
      await pulumi("config", "set-all", "--stack", stack, "--path", ...values);
      const release = ["--config", `nary:release=${image}`, "--config-file", join(root, `${stack}.yaml`)];
      await cp(join(project, `Pulumi.${stack}.yaml`), join(root, `${stack}.yaml`));
      await pulumi("up", "--yes", "--skip-preview", "--stack", stack, ...release);
    }

    const answer = async (path: string) => (await fetch(`${cluster?.nomadAddress ?? ""}${path}`)).json();
    const canary = job.parse(await answer("/v1/job/api-canary"));
    assert.deepEqual(canary, {
      ID: "api-canary",
      TaskGroups: [
        {
          Name: "api-canary-group",
          Count: 8,
          Networks: [{ DynamicPorts: [{ Label: "webserver_http" }] }],
          Services: [{ Name: "api-canary", PortLabel: "webserver_http" }],
          Tasks: [{ Name: "api-canary-task", Driver: "docker", Resources: { CPU: 5000, MemoryMB: 1600 } }],
        },
      ],
    });

    const gate = spawn(process.execPath, [join(project, "node_modules/.bin/nary"), "gate", "--json"], {
      cwd: project,
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const said = text(gate.stdout);
    let heard = "";
    gate.stdout.on("data", (chunk: Buffer) => (heard += chunk.toString()));
    const code = new Promise<number | null>((resolve) => gate.on("close", resolve));
    const csv = async () => {
      const answered = await fetch(`http://127.0.0.1:${statsPort ?? 0}/;csv`).catch(() => undefined);
      return (await answered?.text()) ?? "";
    };
    let seen = "";
    const both = await until(async () => {
      seen = await csv();
      const rows = seen.split("\n").map((row) => row.split(","));
      const up = (side: string) =>
        rows.filter(
          ([backend, name = "", ...rest]) =>
            backend === "api" && name.startsWith(side) && rest.includes("UP"),
        );
      return (up("canary_").length === 8 && up("api_").length === 16) || undefined;
    }, 180_000);
    gate.kill("SIGINT");
    const ended = await code;
    assert.equal(both, true, `not all servers are in one round robin: ${heard}\n${seen}`);
    assert.equal(ended, 130, heard);
    const watching = eventsOf(await said).find((one) => one.event === "watching");
    assert.equal(watching?.goal, "zero errors in 75000 requests");
    for (const stack of ["canary", "production"])
      await pulumi("destroy", "--yes", "--skip-preview", "--stack", stack);
  });
});
