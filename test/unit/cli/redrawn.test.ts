import assert from "node:assert/strict";
import { redrawn } from "../../../cli/people/redrawn.ts";

/** What is written when these texts are shown one after the other, in so many columns. */
function written(columns: number, ...texts: string[]): string[] {
  const all: string[] = [];
  const write = (text: string) => all.push(text) > 0;
  const show = redrawn({ write, columns });
  for (const text of texts) show(text);
  return all;
}

describe("a text that is redrawn", () => {
  it("takes the place of all lines of the one before, and of nothing above them", () => {
    assert.deepEqual(written(80, "a\nb\nc\n", "d\n", "e\n"), [
      "a\nb\nc\n",
      "\u001b[3A\u001b[Jd\n",
      "\u001b[1A\u001b[Je\n",
    ]);
  });

  it("has no line that the terminal would break in two", () => {
    assert.deepEqual(written(3, "abcd\nef\n"), ["abc\nef\n"]);
  });
});
