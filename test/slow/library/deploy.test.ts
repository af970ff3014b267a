import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sharedCluster } from "../../support/cluster.ts";
import { runProgram } from "../../support/program.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { deleteKeys, setKey, untilInstances } from "../../integration/components/consul.ts";
import { purge } from "../../integration/components/nomad.ts";
import { answer, get, jobsNamed, projectIn } from "../../integration/stack/project.ts";
import { packages, pinned, succeed, type Package } from "./packages.ts";

type Ports = { port: number; statsPort: number };

/** What both programs declare; the rest is how a language gets at the components. */
const declarations = (name: string, { port, statsPort }: Ports) => `
new ServiceJob("production", service);
new CanaryJob("canary", service);
for (const role of roles) new ConsulService(role, { ...service, role });
const { environment, cpu } = service;
const haproxy = new Haproxy("haproxy", { environment, service: "${name}", cpu, port: ${port}, statsPort: ${statsPort} });
`;

const service = (name: string) => `{
  environment: "library",
  service: "${name}",
  release: "first",
  count: 1,
  task: { driver: "raw_exec", command: "${process.execPath}", args: ["-e", ${JSON.stringify(answer)}] },
  cpu: 20,
  memory: 32,
  shutdownDelaySeconds: 0,
}`;

const languages = [
  {
    language: "TypeScript",
    runtime: "{name: nodejs, options: {typescript: false}}",
    manifest: { type: "module" },
    main: "index.ts",
    program: (name: string, ports: Ports) => `
import { CanaryJob, ConsulService, Haproxy, ServiceJob, type ServiceJobArgs } from "nary";
const service: ServiceJobArgs = ${service(name)};
const roles = ["canary", "production"] as const;
${declarations(name, ports)}
export const address = haproxy.address;
`,
  },
  {
    language: "plain JavaScript",
    runtime: "nodejs",
    manifest: {},
    main: "index.js",
    program: (name: string, ports: Ports) => `
const { CanaryJob, ConsulService, Haproxy, ServiceJob, promotedRelease } = require("nary");
const service = ${service(name)};
const roles = ["canary", "production"];
${declarations(name, ports)}
exports.address = haproxy.address;
exports.promoted = promotedRelease({ environment, service: "${name}" }).apply((release) => release ?? "nothing");
`,
  },
] as const;

const compiler = join(import.meta.dirname, "../../../node_modules/typescript/bin/tsc");
const strict = ["--strict", "--exactOptionalPropertyTypes", "--module", "nodenext", "--target", "es2024"];

describe("the packages", function () {
  this.timeout(300_000);
  let made: { nary: Package; nomad: Package };

  before(async () => {
    made = await packages();
  });

  it("have what is built and what is told, and no source", () => {
    for (const file of ["dist/cli/main.js", "dist/components/index.d.ts", "README.md", "LICENSE"])
      assert.ok(made.nary.files.includes(file), file);
    const foreign = made.nary.files.filter(
      (path) =>
        !/^(dist\/.*\.(js|d\.ts)|docs\/(.*\.md|events\.schema\.json)|README\.md|LICENSE|package\.json)$/.test(
          path,
        ),
    );
    assert.deepEqual(foreign, []);
    assert.deepEqual(
      made.nomad.files.filter((path) => !/^(bin\/|README\.md$|package\.json$)/.test(path)),
      [],
    );
  });

  for (const { language, runtime, manifest, main, program } of languages) {
    describe(`in a project in ${language}`, () => {
      const name = main.replace("index.", "library-test-");
      let folder: string;

      before(async () => {
        folder = await temporaryFolder();
        await writeFile(
          join(folder, "package.json"),
          JSON.stringify({ name: "somebody-elses", ...manifest }),
        );
        await writeFile(
          join(folder, "Pulumi.yaml"),
          `{name: somebody-elses, runtime: ${runtime}, main: ${main}}`,
        );
        const registry = await pinned("@pulumi/pulumi", "@pulumi/consul", "@pulumi/docker", "@types/node");
        const tarballs = [made.nary.tarball, made.nomad.tarball];
        await succeed("npm", ["install", "--prefer-offline", "--silent", ...registry, ...tarballs], {
          cwd: folder,
        });
      });

      after(async () => {
        // Nothing of this is there any more, unless a test has failed.
        for (const job of await jobsNamed(name)) await purge(job);
        await deleteKeys(`nary/library/${name}/`);
      });

      it("declare a whole release, which then has no change, and goes without a trace", async () => {
        const { fixedPort } = await sharedCluster();
        await writeFile(join(folder, main), program(name, { port: fixedPort(), statsPort: fixedPort() }));
        const stack = await projectIn(folder, ["test"]);
        if (language === "TypeScript")
          await succeed(process.execPath, [compiler, "--noEmit", ...strict, main], { cwd: folder });

        const said = await stack.pulumi("up", "--yes", "--skip-preview", "-s", "test");
        assert.match(said, /address\s*: "127\.0\.0\.1:\d+"/);
        assert.deepEqual(await jobsNamed(name), [name, `${name}-canary`, `${name}-haproxy`]);
        for (const one of [name, `${name}-canary`]) await untilInstances(one, 1);
        for (const role of ["canary", "production"])
          assert.notEqual(
            await get("consul", `/v1/kv/nary/library/${name}/declared/${role}/record`),
            undefined,
          );
        await stack.pulumi("up", "--yes", "--skip-preview", "-s", "test", "--expect-no-changes");
        if (language === "plain JavaScript") {
          assert.match(said, /promoted\s*: "nothing"/);
          const record = { version: 1, release: "second", at: "2026-01-02T03:04:05.000Z" };
          await setKey(`nary/library/${name}/run/promoted`, JSON.stringify(record));
          assert.match(await stack.pulumi("preview", "-s", "test"), /promoted\s*: "nothing" => "second"/);
          await deleteKeys(`nary/library/${name}/run/`);
        }
        await stack.pulumi("destroy", "--yes", "--skip-preview", "-s", "test");
        assert.deepEqual(await jobsNamed(name), []);
        assert.equal(await get("consul", `/v1/kv/nary/library/${name}/?keys`), undefined);
        for (const one of [name, `${name}-canary`]) await untilInstances(one, 0);
      });

      it("bring the nary command", async () => {
        const { environment } = await sharedCluster();
        const options = {
          cwd: folder,
          env: { ...environment, PULUMI_BACKEND_URL: `file://${folder}/state` },
        };
        assert.equal(await succeed("npx", ["nary", "--version"], options), "0.1.0\n");
        const { exitCode, stderr } = await runProgram("npx", ["nary", "gate"], options);
        assert.match(stderr, /There is no stack canary in this project/);
        assert.equal(exitCode, 2);
      });
    });
  }
});
