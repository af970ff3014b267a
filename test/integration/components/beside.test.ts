import assert from "node:assert/strict";
import { renderCanaryJob } from "../../../components/job/canary.ts";
import { renderServiceJob } from "../../../components/job/production.ts";
import { canaryOf, serviceOf } from "../../unit/components/descriptions.ts";
import { complaints, healthOf, placements, purge, register } from "./nomad.ts";

const service = "beside-test";
const small = { count: 1, cpu: 20, memory: 64 };
const node = globalThis.process.execPath;
const script = (text: string) => ({ driver: "raw_exec", command: node, args: ["-e", text] });

const listed = {
  service,
  ...small,
  task: { driver: "exec", command: "run" },
  prestart: [{ name: "migrate", task: { driver: "exec", command: "/bin/true" } }],
  sidecars: [{ name: "logs", task: { driver: "docker", image: "registry/logs:1" } }],
  templates: [
    { data: "A=b", destination: "secrets/env", env: true, onChange: { mode: "restart" } },
    { data: "b", destination: "local/b", perms: "0600", onChange: { mode: "signal", signal: "SIGHUP" } },
  ],
  artifacts: [{ source: "https://files.example/a.tar.gz", options: { checksum: `md5:${"0".repeat(32)}` } }],
};
const volumes = [{ source: "data", destination: "/data", readOnly: true }];

/** Marks the instance's common folder, and stays. */
const sidecar = `
require("fs").writeFileSync(process.env.NOMAD_ALLOC_DIR + "/sidecar", process.env.NARY_ROLE);
setInterval(() => {}, 1000);`;

/** Answers when all is there that it needs. */
const main = `
const { existsSync, readFileSync } = require("fs");
const common = process.env.NOMAD_ALLOC_DIR;
if (readFileSync(common + "/prestart", "utf8") !== "done") process.exit(1);
if (readFileSync("local/greeting", "utf8") !== "hello") process.exit(1);
if (process.env.FROM_TEMPLATE !== "yes") process.exit(1);
require("http")
  .createServer((_, answer) => answer.writeHead(existsSync(common + "/sidecar") ? 200 : 503).end())
  .listen(process.env.PORT, process.env.HOST);`;

describe("what instances have beside their release, as a real Nomad sees it", function () {
  this.timeout(120_000);

  it("is valid, without a warning", async () => {
    for (const changes of [listed, { ...listed, volumes }]) {
      assert.deepEqual(await complaints(renderCanaryJob(canaryOf(changes))), []);
      assert.deepEqual(await complaints(renderServiceJob(serviceOf(changes))), []);
    }
  });

  it("is placed where the volumes are, and nowhere else", async () => {
    const withoutDocker = { ...listed, sidecars: [] };
    assert.deepEqual(await placements(renderServiceJob(serviceOf(withoutDocker))), {
      "beside-test-group": 1,
    });
    await assert.rejects(
      placements(renderServiceJob(serviceOf({ ...withoutDocker, volumes }))),
      /missing compatible host volumes/,
    );
  });

  it("is there when the release starts", async () => {
    const done = `require("fs").writeFileSync(process.env.NOMAD_ALLOC_DIR + "/prestart", "done")`;
    const changes = {
      service,
      ...small,
      shutdownDelaySeconds: 0,
      task: script(main),
      prestart: [{ name: "prepare", cpu: 20, memory: 64, task: script(done) }],
      sidecars: [{ name: "beside", cpu: 20, memory: 64, task: script(sidecar) }],
      templates: [
        { data: "hello", destination: "local/greeting" },
        { data: "FROM_TEMPLATE=yes", destination: "local/env", env: true },
      ],
    };
    await register(
      renderServiceJob(serviceOf({ ...changes, update: { minHealthySeconds: 1, healthySeconds: 60 } })),
    );
    try {
      assert.equal(await healthOf(service), true);
    } finally {
      await purge(service);
    }
  });
});
