import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { renderCanaryJob } from "../../../components/job/canary.ts";
import { renderServiceJob } from "../../../components/job/production.ts";
import { canaryOf, serviceOf } from "../../unit/components/descriptions.ts";
import { deleteVariable, putVariable } from "../plugins/nomad-api.ts";
import { complaints, healthOf, purge, register } from "./nomad.ts";

const service = "secrets-test";
const path = "nary/secrets-test";
/** All that a file of variables, a template and Nomad's interpolation might take for more. */
const secret = `a "b' c\\n\n#d $HOME \${NOMAD_ALLOC_ID} {{ env }} <&> é`;
const hash = createHash("sha256").update(secret).digest("hex");

/** Wants traffic when both secrets are what they should be. */
const main = `
const { createHash } = require("crypto");
const { createServer } = require("http");
const { PORT, HOST, OWN = "", OTHER = "" } = process.env;
const told = [OWN, OTHER].every((text) => createHash("sha256").update(text).digest("hex") === "${hash}");
createServer((_, answer) => answer.writeHead(told ? 200 : 503).end()).listen(PORT, HOST);`;

const changes = {
  service,
  count: 1,
  cpu: 20,
  memory: 64,
  shutdownDelaySeconds: 0,
  task: { driver: "raw_exec", command: process.execPath, args: ["-e", main] },
  secrets: { OWN: { item: "own" }, OTHER: { path, item: "other" } },
  // The canary's routing check does not count, and this one does.
  checks: [{ type: "http", name: "told", path: "/", intervalSeconds: 1 }],
};

describe("secrets, as a real Nomad gives them", function () {
  this.timeout(120_000);
  const jobs = [service, `${service}-canary`];

  before(async () => {
    await putVariable(`nomad/jobs/${service}`, { own: secret });
    await putVariable(path, { other: secret });
  });

  after(async () => {
    for (const job of jobs) await purge(job);
    await deleteVariable(`nomad/jobs/${service}`);
    await deleteVariable(path);
  });

  it("are in the environment of canary and production, and not in their jobs", async () => {
    const update = { minHealthySeconds: 1, healthySeconds: 60 };
    const rendered = [
      renderServiceJob(serviceOf({ ...changes, update })),
      renderCanaryJob(canaryOf({ ...changes, startSeconds: 60 })),
    ];
    for (const job of rendered) {
      assert.deepEqual(await complaints(job), []);
      assert.ok(!JSON.stringify(job).includes("NOMAD_ALLOC_ID"));
      await register(job);
    }
    for (const job of jobs) assert.equal(await healthOf(job), true, job);
  });

  it("make an instance fail whose item is not there", async () => {
    const secrets = { ...changes.secrets, OTHER: { path, item: "missing" } };
    await purge(`${service}-canary`);
    await register(renderCanaryJob(canaryOf({ ...changes, secrets, startSeconds: 20 })));
    assert.equal(await healthOf(`${service}-canary`), false);
  });
});
