import assert from "node:assert/strict";
import { join } from "node:path";
import { runProgram } from "../../support/program.ts";

const main = join(import.meta.dirname, "..", "..", "..", "demo", "classroom", "main.ts");

describe("classroom", function () {
  this.timeout(20_000);

  it("ends with exit status 2 and a sentence when its mistake is misspelt", async () => {
    const env = { ...process.env, PORT: "0", FAULTS: "fan_out" };
    const { exitCode, stderr } = await runProgram(process.execPath, [main], { env });
    assert.equal(exitCode, 2);
    assert.match(stderr, /^FAULTS is "fan_out": it must be fan-out or average, [^\n]+\n$/);
  });
});
