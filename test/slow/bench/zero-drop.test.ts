import assert from "node:assert/strict";
import { join } from "node:path";
import { z } from "zod";
import { leftOf } from "../../support/left.ts";
import { runProgram } from "../../support/program.ts";

const main = join(import.meta.dirname, "..", "..", "..", "bench", "main.ts");
const goal = 500;
const object = z.strictObject({
  // More than the canaries alone had to see.
  requests: z.int().min(goal),
  lost: z.literal(0),
  p99BeforeMs: z.number().positive(),
  p99DuringMs: z.number().positive(),
  seconds: z.number().positive(),
  trafficSeconds: z.number().positive(),
});

describe("npm run bench -- zero-drop", function () {
  this.timeout(300_000);

  it("loses no request by a release, says so in its last line, and leaves nothing", async () => {
    const args = [main, "zero-drop", "--json", "--requests", String(goal)];
    const { exitCode, stdout, stderr } = await runProgram(process.execPath, args);
    const [, folder = ""] = /on loopback, in (\S+)\n/.exec(stderr) ?? [];
    assert.notEqual(folder, "");
    assert.deepEqual(await leftOf(folder), []);
    const { seconds, trafficSeconds } = object.parse(JSON.parse(stdout), { error: () => stdout + stderr });
    assert.equal(exitCode, 0);
    assert.ok(seconds > trafficSeconds, stdout);
  });
});
