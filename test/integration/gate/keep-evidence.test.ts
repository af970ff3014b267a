import assert from "node:assert/strict";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { keepEvidence, type Keeper } from "../../../gate/act/keep-evidence.ts";
import { Consul } from "../../../gate/clients/consul.ts";
import { Nomad } from "../../../gate/clients/nomad.ts";
import type { Event } from "../../../gate/tell/events.ts";
import { parseSettings } from "../../../settings/parse.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { purge } from "../components/nomad.ts";
import { declaredOf, eventually, registerJob } from "./job.ts";

const name = "evidence";
const declared = declaredOf(`${name}-canary`, 3);

/** The first of three tells its errors, the second crashes, the third never tells its counts. All write a lot. */
const service = `
for (let line = 0; line < 3000; line++) console.log("request " + line);
console.log("card 1234 was refused");
console.error("no such column");
const index = process.env.NOMAD_ALLOC_INDEX;
if (index === "1") setTimeout(() => process.exit(7), 500);
require("node:http").createServer((request, response) => {
  if (index === "2") return;
  response.end(JSON.stringify({
    errorCount: 1, requestCount: 9, failedRequests: "many", token: "of-the-service",
    recentErrors: [{ fingerprint: "TypeError-at-search", count: 1, message: "no such column" }],
  }));
}).listen(Number(process.env.NOMAD_PORT_http), "127.0.0.1");`;

const kept = z.object({
  release: z.string(),
  why: z.string(),
  others: z.number(),
  missing: z.array(z.string()),
  instances: z.array(
    z.object({
      id: z.string(),
      state: z.string(),
      address: z.string().nullable(),
      counted: z.looseObject({ errors: z.number() }).nullable(),
      told: z.looseObject({}).nullable(),
      tasks: z.array(
        z.object({
          failed: z.boolean(),
          events: z.array(z.object({ message: z.string() })),
          stdout: z.array(z.string()).nullable(),
          stderr: z.array(z.string()).nullable(),
        }),
      ),
    }),
  ),
});

describe("the evidence of canaries that are taken away", function () {
  this.timeout(60_000);
  let nomad: Nomad;
  let consul: Consul;
  let folder: string;
  let told: Event[];
  const ids: { failing: string; crashed: string; silent: string } = { failing: "", crashed: "", silent: "" };

  before(async () => {
    const cluster = await sharedCluster();
    nomad = new Nomad(new URL(cluster.nomadAddress));
    consul = new Consul(new URL(cluster.consulAddress));
    await registerJob(cluster.nomadAddress, declared, 20, service);
    await eventually("two that run and one that crashed", async () => {
      const { allocations } = await nomad.allocations(declared.job);
      const { instances } = await consul.instances(declared.service);
      const indexed = z.array(z.object({ ID: z.string(), Name: z.string() }));
      const response = await fetch(`${cluster.nomadAddress}/v1/job/${declared.job}/allocations`);
      for (const { ID: id, Name: of } of indexed.parse(await response.json())) {
        if (of.endsWith("[0]")) ids.failing = id;
        if (of.endsWith("[1]")) ids.crashed = id;
        if (of.endsWith("[2]")) ids.silent = id;
      }
      const states = allocations.map(({ client }) => client).sort();
      return (states.join() === "failed,running,running" && instances.length === 2) || undefined;
    });
  });

  beforeEach(async () => {
    folder = await temporaryFolder();
    told = [];
  });

  after(async () => {
    await purge(declared.job);
    await Promise.all([nomad.close(), consul.close()]);
  });

  function keeper(recordFolder: string): Keeper {
    const { environment, settings } = parseSettings("local-canary", {
      "nary:role": "canary",
      "nary:service": name,
      "nary:count": "3",
      "nary:task": JSON.stringify({ driver: "raw_exec" }),
      "nary:gate": JSON.stringify({ record: recordFolder }),
    });
    assert.ok(settings.role === "canary");
    const tell = (event: Event) => void told.push(event);
    return { nomad, consul, environment, service: settings.service, settings, tell };
  }

  async function keep(recordFile: string | undefined, recordFolder = folder): Promise<void> {
    const fault = { kind: "silent", why: "did not answer" } as const;
    const none = { requests: 0, errors: 0, failed: 0, fingerprints: {} };
    const counted = [{ ...none, id: ids.silent, fault }];
    await keepEvidence(keeper(recordFolder), {
      verdict: "reject",
      why: "1 error",
      release: declared.release,
      recordFile,
      counted,
    });
  }

  const fileTold = () => {
    const [file, ...more] = told.flatMap((event) => (event.event === "evidence" ? [event.file] : []));
    assert.deepEqual(more, []);
    return file ?? assert.fail(JSON.stringify(told));
  };
  const warnings = () => told.flatMap((event) => (event.event === "warning" ? [event.why] : []));

  it("is one file of its owner's: last errors, the ends of the logs, and what Nomad tells of the tasks", async () => {
    const record = join(folder, "2026-01-02.ndjson");
    await writeFile(record, "");
    await writeFile(join(folder, "2026-01-02.evidence.json"), "of before", { mode: 0o644 });
    await keep(record);
    const file = fileTold();
    assert.equal(file, join(folder, "2026-01-02.evidence.json"));
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    const text = await readFile(file, "utf8");
    const { instances, others, release, why } = kept.parse(JSON.parse(text));
    assert.deepEqual([release, why, others, instances.length], [declared.release, "1 error", 0, 3]);
    const of = (id: string) => instances.find((each) => each.id === id) ?? assert.fail(text);

    for (const { tasks } of instances) {
      const [{ stdout, stderr } = { stdout: null, stderr: null }] = tasks;
      const [first = "", ...lines] = stdout ?? [];
      assert.match(first, /^request [1-9]\d{3}$/);
      assert.deepEqual(lines.slice(-2), ["request 2999", "card 1234 was refused"]);
      assert.deepEqual(stderr, ["no such column"]);
    }
    assert.deepEqual(of(ids.failing).told, {
      errorCount: 1,
      requestCount: 9,
      recentErrors: [{ fingerprint: "TypeError-at-search", count: 1, message: "no such column" }],
    });
    const crashed = of(ids.crashed);
    assert.deepEqual([crashed.state, crashed.told, crashed.tasks[0]?.failed], ["failed", null, true]);
    assert.match(JSON.stringify(crashed.tasks[0]?.events), /Exit Code: 7/);
    assert.deepEqual([of(ids.silent).told, of(ids.silent).counted?.errors], [null, 0]);
    // Those that failed come first.
    assert.equal(instances.at(-1)?.id, ids.failing);
  });

  it("misses what an instance does not tell in its time, with one warning, and is told without a word of it", async () => {
    await keep(undefined);
    const file = fileTold();
    assert.ok(file.startsWith(join(folder, `local-${name}`)), file);
    const { missing } = kept.parse(JSON.parse(await readFile(file, "utf8")));
    assert.equal(missing.length, 1, missing.join());
    assert.match(missing.join(), new RegExp(`^the last errors of ${ids.silent.slice(0, 8)}: `));
    assert.deepEqual(warnings(), [`some evidence is missing: ${missing.join()}`]);
    assert.doesNotMatch(JSON.stringify(told), /1234|column|of-the-service/);
  });

  it("goes into the folder where the record is no file, and keeps nothing from going on where that cannot be", async () => {
    await keep("/dev/null");
    assert.ok(fileTold().startsWith(folder));
    told = [];
    const notFolder = join(folder, "file");
    await writeFile(notFolder, "");
    await keep(undefined, notFolder);
    assert.match(warnings().join(), /^no evidence of the canaries is kept: .*ENOTDIR/);
    assert.equal(told.length, 1);
  });
});
