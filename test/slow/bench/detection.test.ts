import assert from "node:assert/strict";
import { join } from "node:path";
import { z } from "zod";
import { runProgram } from "../../support/program.ts";

const main = join(import.meta.dirname, "..", "..", "..", "bench", "main.ts");
const row = z.strictObject({ p50: z.int().min(0), p99: z.int().min(0) });
const object = z.strictObject({
  streamed: row,
  polled: row.extend({ intervalMs: z.literal(1000) }),
  article: row,
});

describe("npm run bench -- detection", function () {
  this.timeout(120_000);

  it("shows that streams bring a verdict sooner than polls, and says so in its last line", async () => {
    const { exitCode, stdout, stderr } = await runProgram(process.execPath, [
      ...[main, "detection", "--json", "--rounds", "40"],
    ]);
    assert.equal(exitCode, 0, stderr);
    const { streamed, polled } = object.parse(JSON.parse(stdout), { error: () => stdout + stderr });
    assert.ok(streamed.p50 < polled.p50, stdout);
  });
});
