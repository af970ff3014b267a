import assert from "node:assert/strict";
import { impossibleShare } from "../../../../gate/decide/share.ts";
import { share } from "../../../../settings/share.ts";

describe("a share that HAProxy cannot give", () => {
  it("is none where its weights give it within a tenth", () => {
    assert.equal(impossibleShare(share.parse("5 %"), { stable: 16, canaries: 8 }), undefined);
    assert.equal(impossibleShare(share.parse("60 %"), { stable: 2, canaries: 3 }), undefined);
  });

  it("is told with the counts, what is possible, and what to change", () => {
    assert.equal(
      impossibleShare(share.parse("1 %"), { stable: 1, canaries: 8 }),
      "nary:share is 1 %, which weights of HAProxy cannot give to 8 canaries beside 1 stable instance: " +
        "from 3.04 % to 99 % is possible. Change nary:share, or nary:count of one of the stacks.",
    );
  });

  it("is told by the setting that has it", () => {
    assert.match(
      impossibleShare(share.parse("1 %"), { stable: 1, canaries: 8 }, "nary:gate.steps[0].share") ?? "",
      /^nary:gate\.steps\[0\]\.share is 1 %, .* Change nary:gate\.steps\[0\]\.share, or nary:count/,
    );
  });

  it("is told where a twin needs as much", () => {
    const sides = { stable: 3, canaries: 2, twins: 2 };
    assert.equal(impossibleShare(share.parse("45 %"), sides), undefined);
    assert.match(
      impossibleShare(share.parse("60 %"), sides) ?? "",
      /cannot give to 2 canaries and as much to 2 twins beside 3 stable instances: from \S+ % to 49\.\d+ % is possible/,
    );
  });
});
