import assert from "node:assert/strict";
import { runKillPoints } from "../../kill-points/run.ts";

describe("a gate that is killed at any write", function () {
  this.timeout(60 * 60_000);

  it("is followed by one that comes to the same end", async () => {
    const results = await runKillPoints({ lanes: 2, say: (line) => process.stdout.write(`    ${line}\n`) });
    const failed = results.filter(({ wrong }) => wrong.length > 0);
    assert.deepEqual(failed, []);
    assert.ok(results.length >= 25, `${results.length} points`);
  });
});
