import assert from "node:assert/strict";
import { join } from "node:path";
import { z } from "zod";
import { leftOf } from "../../support/left.ts";
import { runProgram, startProgram } from "../../support/program.ts";

const main = join(import.meta.dirname, "..", "..", "..", "bench", "main.ts");
// At least one request comes before HAProxy has heard of anything, so 0 would mean that nothing was measured.
const row = z.strictObject({ p50: z.int().min(1), p99: z.int().min(1) });
const object = z.strictObject({ nary: row, polled: row, whole: row, article: row });

describe("npm run bench -- traffic-off", function () {
  this.timeout(480_000);

  it("times the last request at a canary in all ways, says so in its last line, and leaves nothing", async () => {
    const args = [main, "traffic-off", "--json", "--rounds", "2"];
    const { exitCode, stdout, stderr } = await runProgram(process.execPath, args);
    const [, folder = ""] = /on loopback, in (\S+)\n/.exec(stderr) ?? [];
    assert.notEqual(folder, "");
    assert.deepEqual(await leftOf(folder), []);
    assert.doesNotThrow(() => object.parse(JSON.parse(stdout)), stdout + stderr);
    assert.equal(exitCode, 0);
  });

  it("ends all that it started when it is interrupted", async () => {
    const bench = startProgram(process.execPath, [main, "traffic-off", "--rounds", "2"]);
    const [, folder = ""] = await bench.says(/on loopback, in (\S+)\n/);
    await bench.says(/rounds of the gate's own code/);
    bench.child.kill("SIGINT");
    const { exitCode, stderr } = await bench.ended;
    assert.equal(exitCode, 130, stderr);
    assert.deepEqual(await leftOf(folder), []);
  });
});
