import assert from "node:assert/strict";
import { join } from "node:path";
import { z } from "zod";
import { leftOf } from "../../support/left.ts";
import { runProgram } from "../../support/program.ts";

const main = join(import.meta.dirname, "..", "..", "..", "bench", "main.ts");

const object = z.strictObject({
  changeToServersMs: z.strictObject({ p50: z.int().min(1), p99: z.int().min(1) }),
  requestsPerSecond: z.int().min(1),
  requests: z.int().min(1_000),
  failed: z.literal(0),
});

describe("npm run bench -- reload", function () {
  this.timeout(240_000);

  it("loses no request while instances come and go, says so in its last line, and leaves nothing", async () => {
    const args = [main, "reload", "--json", "--seconds", "5"];
    const { exitCode, stdout, stderr } = await runProgram(process.execPath, args);
    assert.doesNotThrow(() => object.parse(JSON.parse(stdout)), stdout + stderr);
    assert.equal(exitCode, 0);
    const [, folder = ""] = /on loopback, in (\S+)\n/.exec(stderr) ?? [];
    assert.notEqual(folder, "");
    assert.deepEqual(await leftOf(folder), []);
  });
});
