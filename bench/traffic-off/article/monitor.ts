/** The article's monitoring script: asks all containers each second, and stops the job when one has counted an error. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";

const counts = z.object({ errorCount: z.number(), requestCount: z.number() });
const goalRequestCount = 75_000;

const [file = "", job = ""] = process.argv.slice(2);
const containers = readFileSync(file, "utf8")
  .split("\n")
  .map((line) => line.trim())
  .filter(Boolean);

for (;;) {
  let totalRequestCount = 0;
  for (const container of containers) {
    const response = await fetch(`http://${container}/api/errorAndRequestCount`);
    const { errorCount, requestCount } = counts.parse(await response.json());
    totalRequestCount += requestCount;
    if (errorCount > 0) {
      execFileSync("nomad", ["job", "stop", job], { stdio: "ignore" });
      process.exit(1);
    }
  }
  if (totalRequestCount >= goalRequestCount) process.exit(0);
  await sleep(1000);
}
