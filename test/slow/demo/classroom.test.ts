import assert from "node:assert/strict";
import { readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { until } from "../../../demo/cluster/until.ts";
import { checkDemoObject, startDemo } from "../../support/demo.ts";
import { leftOf } from "../../support/left.ts";
import { runProgram } from "../../support/program.ts";

const started = /starting Consul and Nomad on loopback, in (\S+)\n/;

/** Process of the demo's PostgreSQL that all its others come from. */
async function serverOf(folder: string): Promise<string> {
  const [pid = ""] = (await readFile(join(folder, "postgres/data/postmaster.pid"), "utf8")).split("\n");
  return pid;
}

/** What is left of the database: its processes, which hide their environment, and shared memory. */
async function leftOfDatabase(folder: string, server: string): Promise<string[]> {
  const left: string[] = [];
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const place = await readlink(`/proc/${pid}/cwd`).catch(() => "");
    if (place.startsWith(folder)) left.push(`process ${pid}`);
  }
  const segments = (await readFile("/proc/sysvipc/shm", "utf8")).split("\n");
  return [...left, ...segments.filter((line) => line.trim().split(/\s+/)[4] === server)];
}

describe("demo of the classroom", function () {
  this.timeout(400_000);
  let folder = "";
  let said = "";

  after(async () => {
    // Whatever failed above, nothing of it stays.
    if (folder !== "") await startDemo(["down", folder]).ended;
  });

  it("promotes the good release, and rejects the one that fans out for its costs alone", async () => {
    const demo = startDemo(["--app", "classroom", "--json", "--keep"]);
    [, folder = ""] = await demo.says(started);
    const { exitCode, stdout, stderr } = await demo.ended;
    said = stderr;
    assert.doesNotThrow(() => {
      checkDemoObject(stdout, "classroom");
    }, stderr);
    assert.equal(exitCode, 0);
    // No answer to a client failed, and none was lost.
    assert.match(
      stderr,
      /^fan-out +reject +[\d,]+ +[\d.]+ +0 +0 +costs: GET \/classes\/:id makes 12 queries a request where production makes 2 \([\d,]+ and [\d,]+ requests\)$/m,
    );
    assert.match(stderr, /^bad +reject .* error/m);
  });

  it("says at its end where the canaries' log is, with the team and the loop", async () => {
    const [, file = ""] =
      /^The canaries of fan-out logged for the team core: One request of GET \/classes\/:id made 12 queries \(limit 10\), most of students, begun at .*demo\/classroom\/.*\. With its queries and stacks: (\S+);/m.exec(
        said,
      ) ?? [];
    const evidence = await readFile(file, "utf8");
    assert.match(evidence, /at studentsOneByOne .*mistakes\.ts/);
    assert.match(evidence, /at async .*routes\/classes\.ts/);
  });

  it("goes on where it is kept, and its history has the verdict", async () => {
    const [, url = ""] = /requests a second through HAProxy at (\S+)\n/.exec(said) ?? [];
    const answer = await (await fetch(`${url}/classes/6/points`)).text();
    assert.equal(answer, '{"total":0,"average":0}');
    const [lines = ""] = /^export [^]*^nary release .*$/m.exec(said) ?? [];
    const history = lines.replace(/^nary release .*$/m, "nary history -s local-canary");
    const { stdout } = await runProgram("sh", ["-c", history], { env: {} });
    assert.match(stdout, /reject \S+\/fan-out\/api after .*: costs: GET \/classes\/:id makes 12 queries/);
  });

  it("is ended by down, with nothing left of it or its database", async () => {
    const server = await serverOf(folder);
    assert.ok((await leftOfDatabase(folder, server)).length > 2);
    const { exitCode } = await startDemo(["down", folder]).ended;
    assert.equal(exitCode, 0);
    assert.deepEqual(await leftOf(folder), []);
    assert.deepEqual(await leftOfDatabase(folder, server), []);
    folder = "";
  });

  for (const [signal, exitCode] of [
    ["SIGINT", 130],
    ["SIGKILL", null],
  ] as const) {
    it(`leaves nothing of its database at ${signal}`, async () => {
      const demo = startDemo(["--app", "classroom", "--json"]);
      const [, own = ""] = await demo.says(started);
      await demo.says(/pulumi up of local-production/);
      const server = await serverOf(own);
      demo.child.kill(signal);
      assert.equal((await demo.ended).exitCode, exitCode);
      await until(async () => ((await leftOf(own)).length === 0 ? true : undefined), 30_000);
      assert.deepEqual(await leftOf(own), []);
      assert.deepEqual(await leftOfDatabase(own, server), []);
    });
  }
});
