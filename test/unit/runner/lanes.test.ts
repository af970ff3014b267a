import assert from "node:assert/strict";
import { glob } from "node:fs/promises";
import { lanes, testFiles } from "../../runner/lanes.ts";

describe("the lanes", () => {
  it("have each test file once", async () => {
    const all = (await Array.fromAsync(glob("test/**/*.test.ts"))).sort();
    const lists = await Promise.all(lanes.map((lane) => testFiles(lane, [])));
    assert.deepEqual(lists.flat(2).sort(), all);
  });
});
