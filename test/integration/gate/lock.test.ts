import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { hostname } from "node:os";
import { Consul } from "../../../gate/clients/consul.ts";
import { LockedError } from "../../../gate/errors.ts";
import { Lock, type Holder, type LockOptions } from "../../../gate/lock/lock.ts";
import { markOf, type ProcessMark } from "../../../gate/lock/process.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { eventually } from "./job.ts";

const never = new AbortController().signal;

describe("the lock of a service in a real Consul", function () {
  this.timeout(60_000);
  let consul: Consul;
  let mark: ProcessMark;
  const locks: Lock[] = [];

  before(async () => {
    consul = new Consul(new URL((await sharedCluster()).consulAddress));
    mark = (await markOf(process.pid)) ?? assert.fail("this process has no mark");
  });

  afterEach(async () => {
    for (const lock of locks.splice(0)) await lock.giveBack();
  });

  after(() => consul.close());

  function holderOf(process: ProcessMark, command = "release api:1"): Holder {
    return { version: 1, process, user: "ada", command, since: "2026-01-01T00:00:00.000Z" };
  }

  async function take(key: string, options: Partial<LockOptions> = {}): Promise<Lock> {
    const lock = await Lock.take({
      consul,
      key,
      holder: holderOf(mark),
      wait: false,
      takeOver: false,
      onWait: () => undefined,
      signal: never,
      ...options,
    });
    locks.push(lock);
    return lock;
  }

  it("is one gate's at a time, and says to the others whose it is since when", async () => {
    const tries = await Promise.allSettled(Array.from({ length: 10 }, () => take("nary-test/one/lock")));
    assert.equal(tries.filter(({ status }) => status === "fulfilled").length, 1);
    for (const each of tries) {
      if (each.status === "fulfilled") continue;
      assert(each.reason instanceof LockedError);
      assert.match(each.reason.message, /`nary release api:1` of ada on .* since 2026-01-01T00:00:00.000Z/);
    }
  });

  it("goes to whoever waits as soon as it is given back", async () => {
    const first = await take("nary-test/wait/lock");
    const told: string[] = [];
    const second = take("nary-test/wait/lock", { wait: true, onWait: (why) => told.push(why) });
    await assert.rejects(
      first.assertHeld().then(() => take("nary-test/wait/lock")),
      LockedError,
    );
    await first.giveBack();
    await (await second).assertHeld();
    assert.equal(told.length, 1);
    await (await second).giveBack();
    assert.equal(await consul.get("nary-test/wait/lock"), undefined);
  });

  it("is taken at once from a process of this machine that has ended", async () => {
    const child = spawn("sleep", ["60"], { stdio: "ignore" });
    const ended = (await markOf(child.pid ?? 0)) ?? assert.fail("no mark");
    const dead = await take("nary-test/dead/lock", { holder: holderOf(ended) });
    await assert.rejects(take("nary-test/dead/lock"), LockedError);
    child.kill("SIGKILL");
    await once(child, "exit");
    const next = await take("nary-test/dead/lock");
    await next.assertHeld();
    await assert.rejects(
      dead.put("nary-test/dead/key", "late"),
      /The lock of this service was lost: This service is being released by/,
    );
    assert.equal(await consul.get("nary-test/dead/key"), undefined);
  });

  it("is not taken for ended by a number that another process has now", async () => {
    const other = holderOf({ ...mark, started: "1" });
    await take("nary-test/number/lock", { holder: other });
    await (await take("nary-test/number/lock")).assertHeld();
  });

  it("is taken from a process elsewhere only when a person says so", async () => {
    const elsewhere = holderOf({ ...mark, host: `not-${hostname()}` });
    await take("nary-test/elsewhere/lock", { holder: elsewhere });
    await assert.rejects(take("nary-test/elsewhere/lock"), /--take-over/);
    await (await take("nary-test/elsewhere/lock", { takeOver: true })).assertHeld();
  });

  for (const field of ["boot", "namespace"] as const) {
    it(`is not taken from a machine of the same name whose ${field} is another one`, async () => {
      const key = `nary-test/${field}/lock`;
      const first = await take(key, { holder: holderOf({ ...mark, pid: 2 ** 22, [field]: "another" }) });
      await assert.rejects(take(key), LockedError);
      await first.assertHeld();
    });
  }

  it("stays with a gate whose session was ended in an outage, where nobody else has had it since", async () => {
    const key = "nary-test/ended/lock";
    const lock = await take(key);
    const before = lock.hold.session;
    await consul.sessions.destroy(before);
    assert.equal(await lock.put("nary-test/ended/key", "second", 0), true);
    assert.notEqual(lock.hold.session, before);
    await lock.assertHeld();
    await assert.rejects(take(key), /This service is being released by/);
  });

  it("is taken again before the next act, as soon as the gate hears that its session has ended", async () => {
    const lock = await take("nary-test/renewed/lock");
    const before = lock.hold.session;
    await consul.sessions.destroy(before);
    await eventually("another session", () =>
      Promise.resolve(lock.hold.session === before ? undefined : true),
    );
    await lock.assertHeld();
  });

  for (const [what, leave] of [
    ["has given it back", (other: Lock) => other.giveBack()],
    ["has ended as well", (other: Lock) => consul.sessions.destroy(other.hold.session)],
  ] as const) {
    it(`keeps a write from a gate that lost it, where somebody who came since ${what}`, async () => {
      const [key, written] = [`nary-test/lost ${what}/lock`, `nary-test/lost ${what}/key`];
      const lock = await take(key, { holder: holderOf({ ...mark, host: `not-${hostname()}` }) });
      assert.equal(await lock.put(written, "first", 0), true);
      assert.equal(await lock.put(written, "again", 0), false);
      const other = await take(key, { holder: holderOf(mark, "release api:2"), takeOver: true });
      await leave(other);
      await assert.rejects(
        lock.put(written, "second"),
        /The lock of this service was lost: nobody holds it now/,
      );
      await assert.rejects(lock.delete(written), LockedError);
      assert.equal((await consul.get(written))?.value, "first");
    });
  }
});
