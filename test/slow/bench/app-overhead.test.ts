import assert from "node:assert/strict";
import { join } from "node:path";
import { z } from "zod";
import { runProgram } from "../../support/program.ts";

const main = join(import.meta.dirname, "..", "..", "..", "bench", "main.ts");

const figures = { cpuUsPerRequest: z.number().gt(0), requestsPerSecond: z.int().gt(0) };
const rowOf = (name: string) => z.strictObject({ name: z.literal(name), ...figures });
const rowWithQueries = (name: string) =>
  z.strictObject({ name: z.literal(name), queries: z.literal(5), ...figures });
const addition = z.strictObject({ name: z.string(), cpuUs: z.number(), throughput: z.number() });

const object = z.strictObject({
  rows: z.tuple([
    rowOf("bare"),
    rowOf("counts"),
    rowWithQueries("bare-queries"),
    rowWithQueries("cost"),
    rowOf("prom-client"),
    rowWithQueries("opentelemetry"),
  ]),
  additions: z.tuple([addition, addition, addition, addition]),
  memory: z.strictObject({ requests: z.literal(2_000_000), earlyMb: z.number(), lateMb: z.number() }),
});

describe("npm run bench -- app-overhead", function () {
  this.timeout(240_000);

  it("measures the kit beside nothing and beside others, and a memory that stays flat", async () => {
    const { exitCode, stdout, stderr } = await runProgram(process.execPath, [
      ...[main, "app-overhead", "--json", "--rounds", "1"],
    ]);
    assert.equal(exitCode, 0, stderr);
    const { rows, memory } = object.parse(JSON.parse(stdout), { error: () => stdout + stderr });
    const cpu = (name: string) => rows.find((row) => row.name === name)?.cpuUsPerRequest ?? NaN;
    assert.ok(cpu("opentelemetry") > cpu("cost"), stdout);
    assert.ok(memory.lateMb < memory.earlyMb + 5, stdout);
  });
});
