import assert from "node:assert/strict";
import { join } from "node:path";
import { runProgram } from "../../support/program.ts";

const file = join(import.meta.dirname, "../../runner/left-open.ts");

/** Runs a program that says what came of its tests, and has something open for so long. */
const run = (openMs: number) =>
  runProgram(process.execPath, [
    "--input-type=module",
    "--eval",
    `import { endInTime } from ${JSON.stringify(file)};
    setTimeout(() => undefined, ${openMs});
    endInTime("2 passed, 0 failed\\n", 500);`,
  ]);

describe("tests that are through", () => {
  it("end as they did where nothing stays open", async () => {
    assert.deepEqual(await run(100), { exitCode: 0, stdout: "", stderr: "" });
  });

  it("end as failed where something does, which is named before their last line", async () => {
    const { exitCode, stdout, stderr } = await run(60_000);
    assert.deepEqual([exitCode, stdout], [1, "2 passed, 0 failed\n"]);
    assert.match(stderr, /this does not end; open are: .*Timeout/);
  });
});
