import assert from "node:assert/strict";
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { noFaults, type Faults } from "../../../demo/service/faults.ts";
import { startProgram } from "../../support/program.ts";
import { Counter } from "../../../gate/count/counter.ts";
import type { InstanceCounts } from "../../../gate/decide/observation.ts";
import type { Member } from "../../../gate/discover/roster.ts";
import { urlPath } from "../../../settings/names.ts";
import { runProgram } from "../../support/program.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { eventually } from "./job.ts";

const script = join(import.meta.dirname, "article", "monitor.cjs.txt");
const told = z.object({ container: z.string(), errorCount: z.number(), requestCount: z.number() });

const service = join(import.meta.dirname, "..", "..", "..", "demo", "service", "main.ts");

/** An instance of the demo's service, in a process and on a port of its own. */
async function instance(faults: Partial<Faults> = {}) {
  const pairs = Object.entries({ ...noFaults, ...faults }).map(([name, value]) => `${name}=${value}`);
  const program = startProgram(process.execPath, [service], {
    env: { ...process.env, HOST: "127.0.0.1", PORT: "0", FAULTS: pairs.join() },
  });
  const [, container = ""] = await program.says(/listening on (\S+)\n/);
  return {
    host: "127.0.0.1",
    port: Number(new URL(container).port),
    container,
    [Symbol.asyncDispose]: async () => {
      program.child.kill("SIGKILL");
      await program.ended;
    },
  };
}
type Instance = Awaited<ReturnType<typeof instance>>;

async function get({ container }: Instance, times: number): Promise<void> {
  for (let time = 0; time < times; time++) await (await fetch(`${container}/hello`)).text();
}

/** What the gate counts at them, by address. */
async function counted(instances: readonly Instance[]): Promise<readonly InstanceCounts[]> {
  const fail = (why: unknown) => assert.fail(String(why));
  const counter = new Counter({
    path: urlPath.parse("/api/errorAndRequestCount"),
    gate: { answerSeconds: 5, intervalSeconds: 1 },
    longRunning: false,
    onNews: () => undefined,
    onFailure: fail,
    onFault: (_, { why }) => fail(why),
    onWarning: fail,
  });
  const members = instances.map(({ host, port, container: id }): Member => {
    const rest = { node: "", why: "", passing: true, restarts: 0, missingSince: undefined };
    return { id, state: "running", address: { host, port }, ...rest };
  });
  counter.know(new Map(members.map((member) => [member.id, member])));
  try {
    counter.ask();
    await eventually("all counts", () => Promise.resolve(counter.up() === instances.length || undefined));
    return counter.instances();
  } finally {
    await counter.close();
  }
}

/** What the article's script counts at them, and how it ends. */
async function byTheScript(instances: readonly Instance[], goal: number) {
  const cwd = await temporaryFolder();
  await copyFile(script, join(cwd, "monitor.cjs"));
  await writeFile(join(cwd, "canary.txt"), instances.map(({ container }) => `${container}\n`).join(""));
  const env = { ...process.env, GOAL_REQUEST_COUNT: String(goal) };
  const { exitCode, stdout } = await runProgram(process.execPath, ["monitor.cjs"], { cwd, env });
  const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
  return { exitCode, told: lines.map((line) => told.parse(JSON.parse(line))) };
}

/** In the order of the instances. */
const asTold = (counts: readonly InstanceCounts[], instances: readonly Instance[]) =>
  instances.map(({ container }) => {
    const of = counts.find(({ id }) => id === container);
    return { container, errorCount: of?.errors, requestCount: of?.requests };
  });

describe("the article's own monitoring script", function () {
  this.timeout(20_000);

  it("gets the counts that the gate gets, and lets a good canary through", async () => {
    await using one = await instance();
    await using other = await instance();
    await get(one, 30);
    await get(other, 12);
    const counts = asTold(await counted([one, other]), [one, other]);
    assert.deepEqual(
      counts.map(({ requestCount }) => requestCount),
      [30, 12],
    );
    assert.deepEqual(await byTheScript([one, other], 42), { exitCode: 0, told: counts });
  });

  it("gets the errors that the gate gets, and stops at the bad canary", async () => {
    await using good = await instance();
    await using bad = await instance({ errorRate: 0.1 });
    await get(good, 5);
    await get(bad, 20);
    const counts = asTold(await counted([good, bad]), [good, bad]);
    assert.deepEqual(counts[1], { container: bad.container, errorCount: 2, requestCount: 20 });
    assert.deepEqual(await byTheScript([good, bad], 1_000_000), { exitCode: 1, told: counts });
  });
});
