import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive, thisProcess } from "./owner.mjs";

const pollMs = 100;
const patienceMs = 1_000;
const litterMs = 24 * 60 * 60 * 1_000;

const isTaken = (error) => ["ENOTEMPTY", "EEXIST", "EPERM"].includes(error.code);
const isGone = (error) => error.code === "ENOENT";

async function readOwner(lock) {
  try {
    return JSON.parse(await readFile(join(lock, "owner.json"), "utf8"));
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** A folder is filled first and renamed into place, so a lock never stands there without its owner's name. */
async function take(folder, name, owner) {
  const draft = join(folder, `${name}.${owner.id}.draft`);
  await mkdir(draft, { recursive: true });
  await writeFile(join(draft, "owner.json"), JSON.stringify(owner));
  try {
    await rename(draft, join(folder, `${name}.lock`));
    return true;
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (isTaken(error)) return false;
    throw error;
  }
}

/**
 * Moves a dead owner's lock to a tombstone that is named after this owner. Of several processes that saw the same dead
 * owner only the first can move: to the others the tombstone is taken, so none moves away a new owner's lock.
 */
async function bury(folder, name, dead) {
  try {
    await rename(join(folder, `${name}.lock`), join(folder, `${name}.${dead.id}.dead`));
  } catch (error) {
    if (!isTaken(error) && !isGone(error)) throw error;
  }
}

/** Tombstones and the drafts of killed processes must outlive whoever may still look at them; a day is plenty. */
async function sweep(folder) {
  for (const entry of await readdir(folder)) {
    if (!/\.(?:dead|draft|done)$/.test(entry)) continue;
    const path = join(folder, entry);
    const age = await stat(path).then(
      (found) => Date.now() - found.mtimeMs,
      () => 0,
    );
    if (age > litterMs) await rm(path, { recursive: true, force: true });
  }
}

/**
 * Does the work while no other process does work under the same name in the same folder. A lock whose owner has died is
 * taken over. `onWait` is called once, with the owner's pid, if the wait is long enough to be worth a line.
 */
export async function withLock({ folder, name, onWait }, work) {
  await mkdir(folder, { recursive: true });
  const owner = { ...thisProcess(), id: randomUUID() };
  const asked = Date.now();
  let told = false;
  while (!(await take(folder, name, owner))) {
    const other = await readOwner(join(folder, `${name}.lock`));
    if (other && !isAlive(other)) {
      await bury(folder, name, other);
      continue;
    }
    if (other && !told && Date.now() - asked > patienceMs) {
      told = true;
      onWait?.(other.pid);
    }
    await sleep(pollMs);
  }
  try {
    return await work();
  } finally {
    const done = join(folder, `${name}.${owner.id}.done`);
    await rename(join(folder, `${name}.lock`), done);
    await rm(done, { recursive: true, force: true });
    await sweep(folder);
  }
}
