import assert from "node:assert/strict";
import { found, type Row } from "../../../bench/blast-radius/rows.ts";

const rowsOf = (get: number, post: number): Row[] => [
  { setup: "plain", method: "GET", clientErrors: 132, canaryErrors: 132, requests: 20_000 },
  { setup: "plain", method: "POST", clientErrors: 132, canaryErrors: 132, requests: 20_000 },
  { setup: "nary", method: "GET", clientErrors: get, canaryErrors: 5, requests: 20_000 },
  { setup: "nary", method: "POST", clientErrors: post, canaryErrors: 2, requests: 20_000 },
];

describe("the rows of the bench of a bad canary", () => {
  it("are one object for machines, and a line each for people", () => {
    const rows = rowsOf(0, 2);
    const { object, lines } = found(rows);
    assert.deepEqual(object, { rows });
    assert.equal(lines.length, rows.length);
    assert.match(
      lines[2] ?? "",
      /^nary +GET +clients saw 0 errors of 5 .* in 20000 requests \(the goal is at most 0\)$/,
    );
  });

  it("are good when ours lets no error through to those who read, and one a canary to those who write", () => {
    assert.equal(found(rowsOf(0, 2)).ok, true);
    assert.equal(found(rowsOf(1, 0)).ok, false);
    assert.equal(found(rowsOf(0, 3)).ok, false);
  });
});
