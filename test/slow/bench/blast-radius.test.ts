import assert from "node:assert/strict";
import { join } from "node:path";
import { z } from "zod";
import { leftOf } from "../../support/left.ts";
import { runProgram } from "../../support/program.ts";

const main = join(import.meta.dirname, "..", "..", "..", "bench", "main.ts");
const requests = 2_000;
/** A third of all requests are the canaries', and every 50th of those fails. */
const atCanaries = Math.floor(requests / 3);

const rowOf = (setup: "plain" | "nary", method: "GET" | "POST", clientErrors: z.ZodNumber) =>
  z.strictObject({
    setup: z.literal(setup),
    method: z.literal(method),
    clientErrors,
    canaryErrors: z.int().min(1).max(atCanaries),
    requests: z.literal(requests),
  });
const all = z
  .int()
  .min(Math.floor(atCanaries / 50) - 1)
  .max(Math.ceil(atCanaries / 50));

const object = z.strictObject({
  rows: z.tuple([
    rowOf("plain", "GET", all),
    rowOf("plain", "POST", all),
    rowOf("nary", "GET", z.int().max(0)),
    rowOf("nary", "POST", z.int().min(1).max(2)),
  ]),
});

describe("npm run bench -- blast-radius", function () {
  this.timeout(240_000);

  it("shows that ours hides a bad canary from those who read, says so in its last line, and leaves nothing", async () => {
    const args = [main, "blast-radius", "--json", "--requests", String(requests)];
    const { exitCode, stdout, stderr } = await runProgram(process.execPath, args);
    const [, folder = ""] = /on loopback, in (\S+)\n/.exec(stderr) ?? [];
    assert.notEqual(folder, "");
    assert.deepEqual(await leftOf(folder), []);
    const { rows } = object.parse(JSON.parse(stdout), { error: () => stdout + stderr });
    assert.equal(exitCode, 0);
    for (const { setup, clientErrors, canaryErrors } of rows) {
      if (setup === "plain") assert.equal(clientErrors, canaryErrors);
    }
  });
});
