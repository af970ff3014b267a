import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { deleteKeys } from "../../integration/components/consul.ts";
import { purge } from "../../integration/components/nomad.ts";
import { configure, jobsNamed, newProject, type Project } from "../../integration/stack/project.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { configurePair, recordsOf, startClients, startNary } from "./releases.ts";

const service = "stepped";
const canary = "west-canary";
const event = z.looseObject({ event: z.string(), at: z.iso.datetime(), share: z.number().nullish() });
/** So many answers before the end of a step that HAProxy has long taken the change of the traffic. */
const settledAnswers = 300;

type Answer = { at: number; text: string };

/** Clients that ask one after the other until they are stopped, and keep what they were told. */
function askAll(url: string): () => Promise<Answer[]> {
  const over = new AbortController();
  const asking = (async () => {
    const answers: Answer[] = [];
    while (!over.signal.aborted) {
      const text = await (await fetch(url)).text();
      answers.push({ at: Date.now(), text });
      await sleep(2);
    }
    return answers;
  })();
  return () => {
    over.abort();
    return asking;
  };
}

describe("a release in steps", function () {
  this.timeout(240_000);
  let project: Project;
  let consulAddress: string;
  let url: string;

  before(async () => {
    const cluster = await sharedCluster();
    ({ consulAddress } = cluster);
    const port = cluster.fixedPort();
    url = `http://127.0.0.1:${port}/`;
    project = await newProject([canary, "west-production"]);
    await configurePair(project, "west", service, {
      "haproxy.port": String(port),
      "haproxy.statsPort": String(cluster.fixedPort()),
      "haproxy.cpu": "20",
    });
    await configure(project, canary, {
      "gate.intervalSeconds": "0.2",
      "gate.steps[0].share": "20 %",
      "gate.steps[0].goal.requests": "200",
      "gate.steps[1].share": "50 %",
      "gate.steps[1].goal.requests": "400",
      "gate.steps[1].goal.seconds": "2",
    });
    await nary(0, "release", "first", "--first");
  });

  after(async () => {
    for (const name of await jobsNamed(service)) await purge(name);
    await deleteKeys("nary/west/");
  });

  async function nary(exitCode: number, ...args: string[]) {
    const ended = await startNary(project, ...args, "-s", canary).ended;
    assert.equal(ended.exitCode, exitCode, ended.stdout + ended.stderr);
    return ended;
  }

  it("gives clients the share of each step, one after the other, before it is promoted", async () => {
    const release = startNary(project, "release", "good", "--json", "-s", canary);
    await release.says(/"state":"on"/);
    const stop = askAll(url);
    const { exitCode, stdout, stderr } = await release.ended.finally(stop);
    assert.equal(exitCode, 0, stdout + stderr);
    const answers = await stop();

    const events = stdout
      .trimEnd()
      .split("\n")
      .map((line) => event.parse(JSON.parse(line)));
    const told = events.filter(({ event }) => ["traffic", "step", "verdict"].includes(event));
    assert.deepEqual(
      told.map(({ event, share }) => [event, share ?? null]),
      [
        ["traffic", null],
        ["traffic", 0.2],
        ["step", 0.5],
        ["traffic", 0.5],
        ["verdict", null],
        ["traffic", null],
      ],
    );
    const at = (index: number) => Date.parse(told[index]?.at ?? "");
    const shareIn = (from: number, to: number) => {
      const seen = answers.filter((each) => each.at > from && each.at < to).slice(-settledAnswers);
      assert.equal(seen.length, settledAnswers);
      return seen.filter(({ text }) => text === `${service} good`).length / seen.length;
    };
    const shares = [shareIn(at(1), at(2)), shareIn(at(3), at(4))];
    for (const [index, share] of [0.2, 0.5].entries()) {
      const given = shares[index] ?? 0;
      assert.ok(Math.abs(given / share - 1) <= 0.2, `${given} in step ${index + 1}, not ${share}`);
    }
    const { promoted, traffic } = await recordsOf(consulAddress, "west", service);
    assert.deepEqual([promoted, traffic], ["good", "off"]);
  });

  it("is refused where HAProxy could not give one of the shares, before anything is done", async () => {
    await configure(project, canary, { "gate.steps[1].share": "99 %", "gate.steps[0].share": "0.1 %" });
    const { stderr } = await nary(2, "release", "refused");
    await configure(project, canary, { "gate.steps[1].share": "50 %", "gate.steps[0].share": "20 %" });
    assert.match(
      stderr,
      /^nary: west-canary: nary:gate\.steps\[0\]\.share is 0\.1 %, which weights of HAProxy cannot give/,
    );
    assert.deepEqual(await jobsNamed(service), [service, `${service}-haproxy`]);
  });

  it("is kept where nothing could be decided, and promoted by a gate that goes on", async () => {
    await configure(project, canary, { "gate.limitSeconds": "3", "gate.onInconclusive": "keep" });
    const { stdout } = await nary(3, "release", "kept");
    assert.match(stdout, /time limit of 3 s .* stays up, without traffic .*: nary gate -s west-canary, /);
    assert.deepEqual(await jobsNamed(`${service}-canary`), [`${service}-canary`]);
    const { promoted, traffic, history } = await recordsOf(consulAddress, "west", service);
    assert.deepEqual([promoted, traffic, history.at(-1)], ["good", "off", "inconclusive kept"]);

    await configure(project, canary, { "gate.limitSeconds": "120" });
    const clients = startClients(url);
    try {
      await nary(0, "gate");
    } finally {
      assert.deepEqual(await clients.stop(), []);
    }
    assert.equal((await recordsOf(consulAddress, "west", service)).promoted, "kept");
    assert.deepEqual(await jobsNamed(`${service}-canary`), []);
  });
});
