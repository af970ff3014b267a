import assert from "node:assert/strict";
import { hostname } from "node:os";
import { z } from "zod";
import { sharedCluster } from "../../support/cluster.ts";
import { startProgram } from "../../support/program.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { release } from "../../../settings/names.ts";
import { pastRecord, promotedRecord } from "../../../settings/records.ts";
import { gatesOf, untilSo, type Gates } from "../gate/gates.ts";
import { closedPort } from "../gate/sockets.ts";
import { configure, newProject } from "../stack/project.ts";
import { main, nary, type Ended } from "./nary.ts";

const at = "2026-01-02T03:04:05.000Z";
const answered = z.strictObject({
  verb: z.string(),
  service: z.literal("seen"),
  environment: z.literal("people"),
  by: z.string(),
  done: z.boolean(),
  answer: z.string(),
});

describe("the commands for people", function () {
  this.timeout(60_000);
  const reach = ["--service", "seen", "--environment", "people"];
  let gates: Gates;
  let consulAddress: string;
  let cwd: string;

  before(async () => {
    ({ consulAddress } = await sharedCluster());
    cwd = await temporaryFolder();
    gates = await gatesOf("seen");
    const promoted = promotedRecord.encode({ version: 1, release: release.parse("api:1"), at });
    await gates.consul.put(gates.keys.promoted, promoted);
    for (const [index, verdict] of (["reject", "promote"] as const).entries()) {
      const past = { version: 1, release: release.parse(`api:${index}`), verdict, why: "so" } as const;
      // The second was written with a clock that had gone back.
      const written = `2026-01-0${2 - index}T00:00:00.000Z`;
      const text = pastRecord.encode({ ...past, requests: 1, errors: 0, seconds: 2, at: written });
      await gates.consul.put(`${gates.keys.history}${written}`, text);
    }
  });

  after(() => gates.close());

  /** Without a Pulumi, a project, a home or anything else but an address. */
  const alone = (env: NodeJS.ProcessEnv = {}) => ({
    cwd,
    env: { PATH: "/nowhere", CONSUL_HTTP_ADDR: consulAddress, ...env },
  });
  const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
    nary(args, alone(env));

  it("say how a service stands, in words and as JSON", async () => {
    const idle = await run(["status", ...reach]);
    assert.equal(idle.code, 0, idle.stderr);
    assert.match(idle.stdout, /^seen in people\n {2}production {2}api:1, since 2026-01-02T03:04:05.000Z\n/);
    assert.match(idle.stdout, /gate {8}none runs/);
    assert.match(idle.stdout, /before {6}.* promote api:1 .*\n {14}.* reject api:0 /);
    const gate = await gates.start({ command: "release api:2" });
    gate.tell({ event: "watching", release: "api:2", goal: "100 requests", instances: 1 });
    const busy = await run(["status", ...reach, "--json"]);
    await gate.end();
    const shape = z.object({
      service: z.literal("seen"),
      environment: z.literal("people"),
      runs: z.object({ command: z.string(), host: z.string() }),
      status: z.object({ phase: z.string() }).nullable(),
    });
    const { runs } = shape.parse(JSON.parse(busy.stdout));
    assert.deepEqual(runs, { command: "release api:2", host: hostname() });
  });

  it("list what ended, the newest first by Consul's order, as many as wanted", async () => {
    const both = await run(["history", ...reach]);
    assert.deepEqual(both.stdout.match(/api:\d/g), ["api:1", "api:0"], both.stderr);
    const one = await run(["history", ...reach, "--limit", "1", "--json"]);
    assert.equal(pastRecord.decode("stdout", one.stdout.trim()).release, "api:1");
    for (const limit of ["0", "1001", "1.5"])
      assert.equal((await run(["history", ...reach, "--limit", limit])).code, 2, limit);
  });

  it("ask a gate, which says who asked, and say what it answers", async () => {
    const gate = await gates.start();
    const paused = await run(["pause", ...reach, "--why", "let us see"]);
    assert.deepEqual([paused.code, paused.stderr], [0, ""]);
    assert.match(paused.stdout, /^seen in people: it is paused: nothing is promoted/);
    assert.match(gate.people().pausedBy ?? "", new RegExp(`^.+@${hostname()}$`));
    assert.equal((await run(["pause", ...reach])).code, 0);
    const resumed = await run(["resume", ...reach, "--json"]);
    assert.deepEqual(resumed.code, 0);
    assert.equal(answered.parse(JSON.parse(resumed.stdout)).done, true);
    const refused = await run(["promote", ...reach]);
    assert.deepEqual([refused.code, refused.stdout], [4, ""]);
    assert.match(refused.stderr, /^nary: The gate refuses to promote: it waits for no approval but for/);
    const asJson = await run(["promote", ...reach, "--json"]);
    assert.deepEqual([asJson.code, answered.parse(JSON.parse(asJson.stdout)).done], [4, false]);
    assert.equal(asJson.stderr, refused.stderr);
    const promoted = await run(["promote", ...reach, "--now", "--why", "an outage"]);
    assert.equal(promoted.code, 0, promoted.stderr);
    assert.equal(gate.people().promoted?.why, "an outage");
    assert.equal((await run(["abort", ...reach])).code, 0);
    assert.equal(gate.people().aborted?.why, "no reason was given");
    await gate.end();
  });

  it("take back what they ask where they are interrupted before it is answered", async () => {
    const gate = await gates.start();
    await untilSo(
      "its status is told",
      async () => (await gates.consul.get(gates.keys.status)) !== undefined,
    );
    await gate.control.close();
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      const asking = startProgram(process.execPath, [main, "abort", ...reach], alone());
      await untilSo("it is asked", async () =>
        (await gates.requests()).some(({ verb, gate: of }) => verb === "abort" && of === gate.status.gate),
      );
      asking.child.kill(signal);
      assert.deepEqual(await asking.ended, { exitCode: 130, stdout: "", stderr: "" });
      assert.deepEqual(await gates.requests(), []);
    }
    await gate.end();
  });

  it("end with 4 where no gate runs, and where Consul is away", async () => {
    await gates.close();
    gates = await gatesOf("seen");
    const nobody = await run(["abort", ...reach]);
    assert.deepEqual([nobody.code, nobody.stdout], [4, ""]);
    assert.match(nobody.stderr, /^nary: No gate runs, so there is nobody to ask\.\n$/);
    const { host, port } = await closedPort();
    const away = { CONSUL_HTTP_ADDR: `${host}:${port}` };
    for (const command of ["status", "history", "pause"]) {
      const { code, stderr } = await run([command, ...reach], away);
      assert.equal(code, 4, command);
      assert.match(stderr, /^nary: Consul at http:\/\/127.0.0.1:\d+ cannot be reached/);
    }
  });

  it("end with 2 and one sentence for what they cannot use", async () => {
    const cases: readonly (readonly [args: readonly string[], says: RegExp])[] = [
      [
        ["status"],
        /^nary: Which service\? Name it: --service NAME --environment NAME, with CONSUL_HTTP_ADDR/,
      ],
      [["status", "--environment", "people"], /^nary: --environment is for --service/],
      [["status", "--service", "Seen!"], /^nary: --service is "Seen!": it must be 1 to 48 lower-case/],
      [["status", "--service", "seen", "--environment", "../x"], /^nary: --environment is "\.\.\/x": it /],
      [
        ["status", "--service", "sene"],
        /^nary: The Consul at .* has no record of the service sene in the .* default/,
      ],
      [["status", "--service", "seen", "-s", "canary"], /cannot be used with option '-s, --stack <stack>'/],
      [["status", "--service", "seen", "-C", "."], /cannot be used with option '-C, --cwd <folder>'/],
      [["promote", ...reach, "--now"], /^nary: nary promote --now needs --why TEXT/],
      [["abort", ...reach, "--why", "a\nb"], /^nary: --why of nary abort must be one line of 1 to 500/],
    ];
    for (const [args, says] of cases) {
      const { code, stdout, stderr } = await run(args);
      assert.deepEqual([code, stdout], [2, ""], args.join(" "));
      assert.match(stderr, says);
    }
  });

  it("follow a service, one line a change, until they are interrupted", async () => {
    const watching = startProgram(process.execPath, [main, "status", ...reach, "--watch"], alone());
    await watching.says(/production api:1; .*none runs; last promote api:1\n/);
    const gate = await gates.start({ command: "release api:2" });
    gate.tell({ event: "watching", release: "api:2", goal: "100 requests", instances: 1 });
    await watching.says(/start api:2; 0 requests, 0 errors in 0 s: 100 requests\n/);
    await gate.end();
    await watching.says(/api:2;.*\n(?:.*\n)*.*none runs/);
    watching.child.kill("SIGINT");
    const { exitCode, stdout, stderr } = await watching.ended;
    assert.deepEqual([exitCode, stderr], [0, ""]);
    const lines = stdout.trimEnd().split("\n");
    assert.ok(lines.every((line, index) => line !== lines[index - 1]));
  });

  it("follow a service as JSON, one object a line", async () => {
    const watching = startProgram(process.execPath, [main, "status", ...reach, "--watch", "--json"], alone());
    await watching.says(/\n/);
    watching.child.kill("SIGTERM");
    const { exitCode, stdout } = await watching.ended;
    const [line = ""] = stdout.split("\n");
    const { runs } = z.looseObject({ service: z.literal("seen"), runs: z.null() }).parse(JSON.parse(line));
    assert.deepEqual([exitCode, runs], [0, null]);
  });

  it("know the service by the settings in a project's folder", async () => {
    const project = await newProject(["people-canary", "empty-canary"]);
    await configure(project, "people-canary", { service: "seen" });
    await project.pulumi("config", "set", "consul:address", consulAddress, "-s", "people-canary");
    const env = { ...project.env, CONSUL_HTTP_ADDR: undefined };
    const { code, stdout, stderr } = await nary(["status", "-s", "people-canary"], {
      cwd: project.folder,
      env,
    });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^seen in people\n/);
    const elsewhere = await nary(["history", "-C", project.folder, "-s", "people-canary"], { cwd, env });
    assert.deepEqual([elsewhere.code, elsewhere.stderr], [0, ""]);
    const unnamed = await nary(["status", "-C", project.folder], { cwd, env });
    assert.equal(unnamed.code, 2);
    assert.match(unnamed.stderr, /\bcanary\b/);
    const empty = await nary(["status", "-C", project.folder, "-s", "empty-canary"], { cwd, env });
    assert.deepEqual([empty.code, empty.stderr], [2, "nary: nary:service is missing in empty-canary.\n"]);
  });
});
