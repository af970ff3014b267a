import assert from "node:assert/strict";
import { placementFailures } from "../../../../gate/discover/placement.ts";

const failure = {
  group: "web",
  evaluated: 1,
  filtered: 0,
  exhausted: 1,
  reasons: ["cpu"],
};

describe("placement failures", () => {
  it("are told with the group, the clients and what was short", () => {
    const [sentence = ""] = placementFailures([
      { id: "b", status: "blocked", index: 11, failures: [] },
      { id: "a", status: "complete", index: 10, failures: [failure] },
    ]);
    assert.match(sentence, /group web .*1 evaluated, 0 filtered, 1 exhausted.*: cpu/);
  });

  it("are over once a newer attempt has placed all", () => {
    assert.deepEqual(
      placementFailures([
        { id: "a", status: "complete", index: 10, failures: [failure] },
        { id: "c", status: "complete", index: 20, failures: [] },
      ]),
      [],
    );
  });

  it("are none where Nomad has not tried yet", () => {
    assert.deepEqual(placementFailures([]), []);
  });
});
