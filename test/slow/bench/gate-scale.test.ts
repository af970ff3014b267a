import assert from "node:assert/strict";
import { join } from "node:path";
import { z } from "zod";
import { runProgram } from "../../support/program.ts";

const main = join(import.meta.dirname, "..", "..", "..", "bench", "main.ts");

const rowOf = (mode: string, endpoints: number) =>
  z.strictObject({
    endpoints: z.literal(endpoints),
    mode: z.literal(mode),
    cpuPercent: z.number().gt(0),
    rssMb: z.int().min(1),
    roundMs: z.number().min(0),
  });

const object = z.strictObject({
  rows: z.tuple([
    rowOf("stream", 1_000),
    rowOf("stream", 5_000),
    rowOf("stream", 10_000),
    rowOf("poll", 100),
    rowOf("poll", 500),
    rowOf("poll", 1_000),
    rowOf("article", 100),
    rowOf("article", 500),
    rowOf("article", 1_000),
  ]),
});

describe("npm run bench -- gate-scale", function () {
  this.timeout(240_000);

  it("listens to 10,000 instances that stream and 1,000 that are polled, and says what that takes", async () => {
    const { exitCode, stdout, stderr } = await runProgram(process.execPath, [
      ...[main, "gate-scale", "--json", "--looks", "1"],
    ]);
    assert.equal(exitCode, 0, stderr);
    object.parse(JSON.parse(stdout), { error: () => stdout + stderr });
  });
});
