import assert from "node:assert/strict";
import { join } from "node:path";
import { z } from "zod";
import { leftOf } from "../../support/left.ts";
import { runProgram } from "../../support/program.ts";

const main = join(import.meta.dirname, "..", "..", "..", "bench", "main.ts");
const row = (name: string) => z.strictObject({ name: z.literal(name), seconds: z.number().positive() });
const object = z.strictObject({
  rows: z.tuple([row("pulumi-up-canary"), row("pulumi-up-nothing"), row("nomad-job-run")]),
  addedSeconds: z.number(),
});

describe("npm run bench -- deploy", function () {
  this.timeout(300_000);

  it("times Pulumi and Nomad's own command, says so in its last line, and leaves nothing", async () => {
    const args = [main, "deploy", "--json", "--rounds", "1"];
    const { exitCode, stdout, stderr } = await runProgram(process.execPath, args);
    const [, folder = ""] = /on loopback, in (\S+)\n/.exec(stderr) ?? [];
    assert.notEqual(folder, "");
    assert.deepEqual(await leftOf(folder), []);
    const { rows, addedSeconds } = object.parse(JSON.parse(stdout), { error: () => stdout + stderr });
    const [canary, , run] = rows;
    assert.ok(Math.abs(addedSeconds - (canary.seconds - run.seconds)) < 0.002, stdout);
    assert.equal(exitCode, 0);
  });
});
