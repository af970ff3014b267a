import assert from "node:assert/strict";
import { journalRecord, type Act, type PulumiRun } from "../../../gate/journal/entry.ts";
import { Journal } from "../../../gate/journal/journal.ts";
import { release } from "../../../settings/names.ts";
import { gatesOf, type Gate, type Gates } from "./gates.ts";

const watch: Act = { act: "watch", release: release.parse("api:2") };
const decided: Act = { act: "remove", ending: null };

describe("the journal of a gate, in a real Consul", function () {
  this.timeout(30_000);
  let gates: Gates;
  let gate: Gate;
  let journal: Journal;
  let number = 0;

  beforeEach(async () => {
    gates = await gatesOf(`journal-${++number}`);
    gate = await gates.start();
    journal = new Journal({ lock: gate.lock, key: gates.keys.journal, holder: gate.lock.holder });
  });

  afterEach(() => gates.close());

  const written = async () => {
    const pair = await gates.consul.get(gates.keys.journal);
    return pair === undefined ? undefined : journalRecord.decode(gates.keys.journal, pair.value);
  };
  const running = async () => (await written())?.pulumi.map(({ process }) => process.pid);
  const run = (pid: number): PulumiRun => {
    return { stack: "canary", operation: "up", process: { ...gate.lock.holder.process, pid } };
  };

  it("says what is done and whose gate does it, until nothing is left to do", async () => {
    await journal.begin(watch);
    const { doing, by, pulumi } = (await written()) ?? assert.fail();
    assert.deepEqual([doing, by, pulumi], [watch, gate.lock.holder, []]);
    await journal.clear();
    assert.equal(await written(), undefined);
  });

  it("has each Pulumi that runs, though two begin and end at the same time, and none of an act before", async () => {
    await journal.begin(watch);
    await Promise.all([journal.runs(run(1)), journal.runs(run(2)), journal.runs(run(3))]);
    assert.deepEqual(await running(), [1, 2, 3]);
    await Promise.all([journal.ran(run(2)), journal.ran(run(1))]);
    assert.deepEqual([await running(), (await written())?.doing], [[3], watch]);
    await journal.begin(decided);
    assert.deepEqual(await running(), []);
  });

  it("keeps the Pulumis that another gate has left, until they have ended", async () => {
    await journal.takeOver(decided, [run(1), run(2)]);
    assert.deepEqual(await running(), [1, 2]);
    await journal.ran(run(1));
    assert.deepEqual([await running(), (await written())?.doing], [[2], decided]);
  });

  it("has nothing of a Pulumi that runs while nothing is done", async () => {
    await journal.runs(run(1));
    await journal.ran(run(1));
    assert.equal(await written(), undefined);
  });

  it("is cleared where nothing was decided, and else stays for who comes next", async () => {
    for (const act of ["bring-up", "watch"] as const) {
      await journal.begin({ ...watch, act });
      await journal.clearUndecided();
      assert.equal(await written(), undefined, act);
    }
    await journal.begin(decided);
    await journal.clearUndecided();
    assert.deepEqual((await written())?.doing, decided);
  });

  it("lets no act begin without the lock, stays for the next gate then, and goes on with the lock", async () => {
    await journal.begin(watch);
    // Somebody else has had it since.
    await gates.consul.put(gates.keys.lock, "of another one");
    await gates.consul.sessions.destroy(gate.lock.hold.session);
    await assert.rejects(journal.begin(decided), { code: "NARY_LOCKED" });
    await assert.rejects(journal.clear(), { code: "NARY_LOCKED" });
    assert.deepEqual((await written())?.doing, watch);
    // Nobody but Consul itself has: it is taken again, and what failed before is in nobody's way.
    await gates.consul.put(gates.keys.lock, JSON.stringify(gate.lock.holder));
    await journal.begin(decided);
    assert.deepEqual((await written())?.doing, decided);
  });
});
