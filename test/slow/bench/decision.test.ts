import assert from "node:assert/strict";
import { join } from "node:path";
import { z } from "zod";
import { runProgram } from "../../support/program.ts";

const main = join(import.meta.dirname, "..", "..", "..", "bench", "main.ts");
const runs = 1000;

const part = z.number().min(0).max(1);
const object = z.strictObject({
  rows: z.array(
    z.strictObject({
      policy: z.string(),
      release: z.string(),
      truth: z.enum(["good", "bad", "between"]),
      falseReject: part.nullable(),
      falsePromote: part.nullable(),
      inconclusive: part,
      requests: z.number().min(0),
      seconds: z.number().min(0),
      clientErrors: z.number().min(0),
      runs: z.int().min(1),
      notes: z.array(z.string()),
    }),
  ),
  alpha: z.literal(0.01),
  beta: z.literal(0.05),
  confidence: z.literal(0.99),
});

describe("npm run bench -- decision", function () {
  this.timeout(240_000);

  it("shows that baseline keeps its promises, and says so in its last line", async () => {
    const args = [main, "decision", "--json", "--runs", String(runs)];
    const { exitCode, stdout, stderr } = await runProgram(process.execPath, args);
    const { rows } = object.parse(JSON.parse(stdout), { error: () => stdout + stderr });
    assert.equal(exitCode, 0);
    const releases = new Set(rows.map(({ release }) => release));
    const rules = new Set(rows.map(({ policy }) => policy));
    assert.equal(rows.length, releases.size * rules.size);
    const ours = rows.filter(({ policy }) => policy === "nary:baseline+twin");
    for (const { release, truth, falseReject, falsePromote, inconclusive } of ours) {
      assert.ok((falseReject ?? 0) <= 0.02, release);
      assert.ok((falsePromote ?? 0) <= 0.09, release);
      assert.ok(truth !== "good" || inconclusive <= 0.07, release);
    }
    // Chance plays no part in these.
    const found = (rule: string, name: string) =>
      rows.find(({ policy, release }) => policy === rule && release === name);
    assert.equal(found("75,000 requests", "no errors on either side")?.requests, 75_000);
    assert.equal(found("Argo Rollouts, failureLimit 3", "no errors on either side")?.seconds, 300);
    assert.equal(found("nary:zero-errors", "no errors on either side")?.falseReject, 0);
  });
});
