import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { Consul } from "../../../gate/clients/consul.ts";
import { ask } from "../../../gate/people/ask.ts";
import { serviceName } from "../../../settings/names.ts";
import { keysOf } from "../../../settings/records.ts";
import { environmentName } from "../../../settings/stacks.ts";
import { main, nary, type Ended } from "../../integration/cli/nary.ts";
import { deleteKeys } from "../../integration/components/consul.ts";
import { untilSo } from "../../integration/gate/gates.ts";
import { purge } from "../../integration/components/nomad.ts";
import { configure, get, jobsNamed, newProject, type Project } from "../../integration/stack/project.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { startProgram, type Program } from "../../support/program.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { configurePair, recordsOf, startClients, startNary, type Clients } from "./releases.ts";

const service = "asked";
const canary = "south-canary";
const reach = ["--service", service, "--environment", "south"];
const standing = z.object({
  status: z
    .object({
      phase: z.string(),
      release: z.string().nullable(),
      requests: z.number(),
      waitsFor: z.object({ for: z.string() }).nullable(),
      paused: z.object({ by: z.string() }).nullable(),
    })
    .nullable(),
  ended: z.array(
    z.object({
      release: z.string(),
      verdict: z.string(),
      why: z.string(),
      people: z.array(z.object({ verb: z.string(), why: z.string().nullable() })).optional(),
    }),
  ),
});

describe("people and a release under way", function () {
  this.timeout(400_000);
  let project: Project;
  let consulAddress: string;
  let elsewhere: string;
  let clients: Clients | undefined;

  before(async () => {
    const cluster = await sharedCluster();
    ({ consulAddress } = cluster);
    elsewhere = await temporaryFolder();
    const port = cluster.fixedPort();
    const url = `http://127.0.0.1:${port}/`;
    project = await newProject([canary, "south-production"]);
    await configurePair(project, "south", service, {
      "haproxy.port": String(port),
      "haproxy.statsPort": String(cluster.fixedPort()),
      "haproxy.cpu": "20",
      // Long enough for somebody to see the roll-out.
      "update.minHealthySeconds": "20",
    });
    // Looks that are far apart, so that whoever asks would wait for them.
    await configure(project, canary, { "gate.intervalSeconds": "1" });
    const { exitCode, stderr } = await startNary(project, "release", "first", "--first", "-s", canary).ended;
    assert.equal(exitCode, 0, stderr);
    clients = startClients(url);
  });

  after(async () => {
    await clients?.stop();
    for (const name of await jobsNamed(service)) await purge(name);
    await deleteKeys("nary/south/");
  });

  /** What a person types on another machine, without a Pulumi, a project or a passphrase. */
  const typed = (...args: string[]): Promise<Ended> =>
    nary([...args, ...reach], { cwd: elsewhere, env: { CONSUL_HTTP_ADDR: consulAddress, PATH: "/nowhere" } });
  const asked = async (...args: string[]) => {
    const { code, stdout, stderr } = await typed(...args);
    assert.equal(code, 0, stdout + stderr);
    return stdout;
  };
  /** What the gate tells, read without a process of its own. */
  const status = async () => {
    const found = await fetch(`${consulAddress}/v1/kv/nary/south/${service}/run/status?raw`);
    const text = await found.text();
    return found.ok ? standing.shape.status.parse(JSON.parse(text)) : null;
  };
  const seen = async () => standing.parse(JSON.parse((await typed("status", "--json")).stdout));
  const programs: Program[] = [];
  const started = (...args: string[]): Program => {
    const program = startNary(project, "release", ...args, "-s", canary);
    programs.push(program);
    return program;
  };

  afterEach("no release is left to the next test", async () => {
    for (const { child, ended } of programs.splice(0)) {
      child.kill("SIGINT");
      await ended;
    }
  });

  const ended = async (program: Program, exitCode: number) => {
    const { exitCode: code, stdout, stderr } = await program.ended;
    assert.equal(code, exitCode, stdout + stderr);
    return stdout;
  };
  const recorded = () => recordsOf(consulAddress, "south", service);

  it("is held where it is, goes on when it is resumed, and is promoted", async () => {
    const release = started("second");
    await release.says(/pulumi up of south-canary/);
    await untilSo("the gate tells its status", async () => (await status()) !== null, 60);
    await asked("pause", "--why", "let us see");
    await release.says(/traffic to the canaries is on/);
    // Far more than what would promote it.
    await untilSo("it has seen enough", async () => ((await status())?.requests ?? 0) >= 150, 200);
    const now = (await seen()).status;
    assert.deepEqual([now?.phase, now?.release, now?.waitsFor?.for], ["watch", "second", "resume"]);
    assert.match((await typed("promote")).stderr, /The gate refuses to promote: it waits for no approval/);
    assert.match(await asked("resume"), /it goes on; .* had paused it/);
    const said = await ended(release, 0);
    assert.match(said, /pause, asked by .*@.* \(let us see\): it is paused/);
    assert.equal((await recorded()).promoted, "second");
    const [last] = (await seen()).ended;
    assert.deepEqual(
      last?.people?.map(({ verb, why }) => [verb, why]),
      [
        ["pause", "let us see"],
        ["resume", null],
      ],
    );
  });

  it("is aborted while it is watched: the canary goes, production stays", async () => {
    await configure(project, canary, { "policy.requests": "10000000" });
    const release = started("third");
    await release.says(/traffic to the canaries is on/);
    await asked("pause");
    await configure(project, canary, { "policy.requests": "100" });
    assert.match(await asked("abort", "--why", "wrong image"), /it ends as rejected/);
    assert.match(await ended(release, 1), /aborted it: wrong image/);
    assert.deepEqual(await jobsNamed(service), [service, `${service}-haproxy`]);
    const { promoted, traffic, history } = await recorded();
    assert.deepEqual([promoted, traffic, history.at(-1)], ["second", "off", "reject third"]);
    assert.match(
      await asked("history", "--limit", "1"),
      /reject third .*aborted it: wrong image.*\[pause by .*; abort by /,
    );
  });

  it("is aborted when it is decided and production has not begun, which stays as it is", async () => {
    const release = started("fourth");
    await release.says(/^promote: /m);
    const place = {
      consul: new Consul(new URL(consulAddress)),
      keys: keysOf(environmentName.parse("south"), serviceName.parse(service)),
    };
    // Pulumi looks at both programs meanwhile, which takes it seconds: a process of its own would be too slow.
    const abort = { id: randomUUID(), verb: "abort", by: "ada@one", why: "just in time" } as const;
    assert.equal((await ask(place, abort, AbortSignal.timeout(10_000))).done, true);
    const said = await ended(release, 1);
    assert.match(said, /rejected fourth .*ada@one aborted it: just in time; production is as it was/);
    assert.doesNotMatch(said, /pulumi up of south-production/);
    assert.equal((await recorded()).promoted, "second");
  });

  it("is aborted in the middle of its roll-out, and production goes back", async () => {
    const release = started("fourth");
    await release.says(/pulumi up of south-production with fourth/);
    assert.equal((await seen()).status?.phase, "promote");
    assert.match((await typed("pause")).stderr, /production is rolled out already: it cannot be paused/);
    await asked("abort", "--why", "second thoughts");
    assert.match(await ended(release, 1), /rolling back to second: .*second thoughts/);
    const job = z.object({ Meta: z.object({ nary_release: z.string() }) });
    assert.equal(job.parse(await get("nomad", `/v1/job/${service}`)).Meta.nary_release, "second");
    assert.equal((await recorded()).promoted, "second");
  });

  it("is promoted by somebody who does not want to wait for the evidence, with the reason", async () => {
    await configure(project, canary, { "policy.requests": "10000000" });
    const release = started("fifth");
    await release.says(/traffic to the canaries is on/);
    await asked("promote", "--now", "--why", "an outage");
    await ended(release, 0);
    const [last] = (await seen()).ended;
    assert.deepEqual([last?.release, last?.verdict], ["fifth", "promote"]);
    assert.match(last?.why ?? "", /promoted it: an outage/);
  });

  it("ends where it waits for a person, when a newer one supersedes it; an older one that waits does too", async () => {
    await configure(project, canary, { "gate.onNewer": "supersede" });
    const sixth = started("sixth");
    await sixth.says(/traffic to the canaries is on/);
    const seventh = started("seventh");
    await seventh.says(/Waiting until it is done/);
    await sixth.says(/supersede, asked by/);
    await configure(project, canary, { "policy.requests": "100" });
    const eighth = started("eighth");
    const late = await seventh.ended;
    assert.equal(late.exitCode, 3, late.stdout + late.stderr);
    assert.match(late.stderr, /superseded while it waited, by the newer release eighth of .+@/);
    // The eighth asks for its place too, once the seventh has given way.
    await sixth.says(/(?:supersede, asked by[^]*){2}/);
    await asked("pause");
    assert.match(await ended(sixth, 3), /the newer release eighth takes its place/);
    await ended(eighth, 0);
    assert.equal((await recorded()).promoted, "eighth");
  });

  it("is followed until its end from elsewhere", async () => {
    const watching = startProgram(process.execPath, [main, "status", ...reach, "--watch"], {
      cwd: elsewhere,
      env: { CONSUL_HTTP_ADDR: consulAddress },
    });
    await watching.says(/none runs; last promote eighth/);
    await ended(started("ninth"), 0);
    for (const what of [
      /bring-up/,
      /start ninth/,
      /watch ninth/,
      /promote ninth/,
      /remove ninth/,
      /last promote ninth/,
    ])
      await watching.says(what);
    watching.child.kill("SIGINT");
    assert.equal((await watching.ended).exitCode, 0);
  });
});
