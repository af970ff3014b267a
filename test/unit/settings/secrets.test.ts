import assert from "node:assert/strict";
import { minimal, parse, refusal, type StackFile } from "./stack-file.ts";

describe("secrets in the settings", () => {
  it("are items of Nomad Variables, under any path that one may have", () => {
    const secrets = {
      A: { item: "a" },
      B: { path: "nary/api", item: "b_1" },
      C: { path: "nomad/jobs/api", item: "c" },
      D: { path: "nomadic", item: "d" },
    };
    assert.deepEqual(parse({ ...minimal("production"), secrets }).secrets, secrets);
  });

  const item = "a";
  const refused: [string, StackFile, RegExp][] = [
    [
      "a text",
      { secrets: { A: "hunter2" } },
      /secrets\.A is "hunter2": it must have an item of a Nomad Variable/,
    ],
    ["without an item", { secrets: { A: { path: "nary/api" } } }, /secrets\.A\.item is missing/],
    [
      "an item that a template would take for more",
      { secrets: { A: { item: "a }}{{ env" } } },
      /name of an item/,
    ],
    [
      "a path that a template would take for more",
      { secrets: { A: { path: 'a" }}', item } } },
      /path of a Nomad Variable/,
    ],
    ["a path of all", { secrets: { A: { path: "nary/*", item } } }, /path of a Nomad Variable/],
    [
      "a path from the root",
      { secrets: { A: { path: "/nary", item } } },
      /not starting or ending with a slash/,
    ],
    [
      "a path that is Nomad's own",
      { secrets: { A: { path: "nomad/acl", item } } },
      /under nomad\/ only in nomad\/jobs/,
    ],
    ["called as what is taken", { secrets: { NARY_ROLE: { item } } }, /must be the name of a variable/],
    [
      "in the plain environment too",
      { secrets: { A: { item } }, env: { A: "b" } },
      /secrets\.A .* must not be in env too/,
    ],
  ];
  for (const [title, changes, expected] of refused) {
    it(`are not ${title}`, () => {
      const sentence = refusal(changes);
      assert.equal(sentence.split("\n").length, 1, sentence);
      assert.match(sentence, expected);
    });
  }
});
