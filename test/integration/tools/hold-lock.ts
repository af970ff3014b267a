// A second process for the tests: node hold-lock.ts <folder> <journal> <ms>. Writes "in" and "out" into the journal.
import { appendFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { withLock } from "../../../tools/shared/lock.mjs";

const [folder = "", journal = "", ms = "0"] = process.argv.slice(2);
await withLock({ folder, name: "work" }, async () => {
  appendFileSync(journal, "in\n");
  await sleep(Number(ms));
  appendFileSync(journal, "out\n");
});
