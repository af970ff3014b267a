import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { withLock } from "../../../tools/shared/lock.mjs";

const holder = join(import.meta.dirname, "hold-lock.ts");

describe("a lock between processes", function () {
  this.timeout(30_000);
  let root: string;
  let folder: string;
  let journal: string;
  let children: ChildProcess[];

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "nary-lock-"));
    folder = join(root, "locks");
    journal = join(root, "journal");
    children = [];
  });

  afterEach(() => {
    for (const child of children) child.kill("SIGKILL");
    rmSync(root, { recursive: true });
  });

  function hold(ms: number): ChildProcess {
    const child = spawn(process.execPath, [holder, folder, journal, String(ms)], { stdio: "inherit" });
    children.push(child);
    return child;
  }

  async function killHolder(): Promise<void> {
    const child = hold(60_000);
    while (!existsSync(journal)) await sleep(20);
    child.kill("SIGKILL");
    await once(child, "exit");
    rmSync(journal);
  }

  const lock = (onWait?: (pid: number) => void) => ({ folder, name: "work", ...(onWait && { onWait }) });

  it("gives the work's result, passes its error on, and is free after both", async () => {
    assert.equal(await withLock(lock(), () => Promise.resolve(7)), 7);
    await assert.rejects(
      withLock(lock(), () => Promise.reject(new Error("broken"))),
      /broken/,
    );
    assert.deepEqual(readdirSync(folder), []);
  });

  it("says once for whom a long wait is", async () => {
    const child = hold(2_500);
    while (!existsSync(journal)) await sleep(20);
    const waits: number[] = [];
    await withLock(
      lock((pid) => waits.push(pid)),
      () => Promise.resolve(),
    );
    assert.deepEqual(waits, [child.pid]);
    assert.equal(readFileSync(journal, "utf8"), "in\nout\n");
  });

  it("is taken over from a process that was killed", async () => {
    await killHolder();
    const started = Date.now();
    await withLock(lock(), () => Promise.resolve());
    assert.ok(Date.now() - started < 5_000);
  });

  it("lets one in at a time when many take over from a dead one at once", async () => {
    await killHolder();
    const ends = Array.from({ length: 6 }, () => once(hold(50), "exit"));
    for (const [code] of await Promise.all(ends)) assert.equal(code, 0);
    assert.equal(readFileSync(journal, "utf8"), "in\nout\n".repeat(6));
  });

  it("is not mistaken for a living process's when the pid has been given to another", async () => {
    mkdirSync(join(folder, "work.lock"), { recursive: true });
    const owner = { pid: process.pid, started: "1", boot: "another", host: hostname(), id: "dead" };
    writeFileSync(join(folder, "work.lock", "owner.json"), JSON.stringify(owner));
    await withLock(lock(), () => Promise.resolve());
  });

  it("is never taken from a process of another machine, of which nothing can be known", async () => {
    mkdirSync(join(folder, "work.lock"), { recursive: true });
    const owner = { pid: 1, started: "1", boot: "another", host: `not-${hostname()}`, id: "far" };
    writeFileSync(join(folder, "work.lock", "owner.json"), JSON.stringify(owner));
    hold(0);
    await sleep(1_000);
    assert.ok(!existsSync(journal));
  });
});
