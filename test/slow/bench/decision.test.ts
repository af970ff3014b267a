import assert from "node:assert/strict";
import { join } from "node:path";
import { z } from "zod";
import { releases } from "../../../bench/decision/releases.ts";
import { runProgram } from "../../support/program.ts";

const main = join(import.meta.dirname, "..", "..", "..", "bench", "main.ts");
const runs = 200;

const part = z.number().min(0).max(1);
const parts = { falseReject: part, falsePromote: part, inconclusive: part };
const row = z.strictObject({
  policy: z.string(),
  release: z.string(),
  truth: z.enum(["good", "bad", "between"]),
  ...parts,
  promoted: part,
  requests: z.number().min(0),
  seconds: z.number().positive(),
  clientErrors: z.number().min(0),
  runs: z.literal(runs),
  nary: z.strictObject({ ...parts, requests: z.number().min(0) }).optional(),
  note: z.string().optional(),
});
const object = z.strictObject({
  rows: z.array(row),
  alpha: z.literal(0.01),
  beta: z.literal(0.05),
  confidence: z.literal(0.99),
});

describe("npm run bench -- decision", function () {
  this.timeout(240_000);

  it("shows that nary:baseline keeps its promises and what others do, and says so in its last line", async () => {
    const { exitCode, stdout, stderr } = await runProgram(process.execPath, [
      main,
      "decision",
      "--json",
      "--runs",
      String(runs),
    ]);
    const { rows } = object.parse(JSON.parse(stdout), { error: () => stdout + stderr });
    assert.equal(exitCode, 0, stderr);
    const policies = new Set(rows.map(({ policy }) => policy));
    assert.equal(rows.length, policies.size * releases.length);
    const seen = (policy: string, release: string) => {
      const found = rows.find((one) => one.policy === policy && one.release === release);
      assert.ok(found !== undefined, `${policy} on ${release}`);
      return found;
    };
    assert.equal(seen("argo 95 %, failureLimit 3", "twice as often").falsePromote, 1);
    assert.equal(seen("seed 75,000", "as often").falseReject, 1);
    assert.equal(seen("nary:baseline+twin", "as often, warm-up errors").truth, "good");
    assert.equal(seen("nary:baseline", "as often, warm-up errors").truth, "between");
    assert.ok(seen("flagger 99 %, threshold 1", "as often, quiet service").falseReject > 0.5);
    assert.ok(seen("kayenta Mann–Whitney", "twice as often").falsePromote < 0.05);
    // A peer that is better somewhere says what it pays.
    for (const { truth, nary, note, falseReject, falsePromote } of rows) {
      if (nary === undefined) continue;
      const worse = truth === "good" ? nary.falseReject > falseReject : nary.falsePromote > falsePromote;
      assert.equal(note !== undefined, worse);
    }
  });
});
