import assert from "node:assert/strict";
import { minimal, parse, refusal, type StackFile } from "./stack-file.ts";

const first = { share: "1 %", goal: { requests: 1000 } };
const second = { share: "10 %", goal: { seconds: 60 }, pauseSeconds: 30, approval: "required" };

function gateOf(gate: StackFile) {
  const settings = parse({ ...minimal("canary"), gate });
  assert.equal(settings.role, "canary");
  return settings.gate;
}

describe("steps in the settings", () => {
  it("have a share, a goal of requests or seconds or both, a pause and an approval", () => {
    const both = { share: "50 %", goal: { errorRate: 0.01, confidence: 0.99, seconds: 5 } };
    assert.deepEqual(gateOf({ steps: [first, second, both] }).steps, [
      { share: 0.01, goal: { requests: 1000, seconds: undefined }, pauseSeconds: 0, approval: "none" },
      { share: 0.1, goal: { requests: undefined, seconds: 60 }, pauseSeconds: 30, approval: "required" },
      // ⌈ln 0.01 / ln 0.99⌉
      { share: 0.5, goal: { requests: 459, seconds: 5 }, pauseSeconds: 0, approval: "none" },
    ]);
  });

  it("are none unless given, and neither approval nor anything but an end is asked for", () => {
    const { steps, approval, onInconclusive } = gateOf({});
    assert.deepEqual(
      { steps, approval, onInconclusive },
      { steps: [], approval: "none", onInconclusive: "destroy" },
    );
  });

  const refused: [string, StackFile, RegExp][] = [
    [
      "a share beside them",
      { share: "5 %", gate: { steps: [first] } },
      /^Pulumi\.canary\.yaml: nary:share is "5 %": it must not be given beside nary:gate\.steps, .*pulumi config rm nary:share --stack canary$/,
    ],
    [
      "a share that does not rise",
      { gate: { steps: [second, { ...first, share: "10 %" }] } },
      /nary:gate\.steps\[1\]\.share is "10 %": it must be above the share of the step before, which is 10 %/,
    ],
    [
      "no share",
      { gate: { steps: [{ goal: { requests: 1 } }] } },
      /steps\[0\]\.share is missing\. Mend it with: pulumi config set --path 'nary:gate\.steps\[0\]\.share' 5% --stack canary$/,
    ],
    [
      "another share",
      { gate: { steps: [{ ...first, share: "100 %" }] } },
      /it must be a percentage such as 5 %/,
    ],
    [
      "no goal",
      { gate: { steps: [{ share: "1 %" }] } },
      /steps\[0\]\.goal is missing\. Mend it with: pulumi config set --path 'nary:gate\.steps\[0\]\.goal\.requests' 1000 --stack canary$/,
    ],
    [
      "a goal of nothing",
      { gate: { steps: [{ ...first, goal: {} }] } },
      /steps\[0\]\.goal is \{\}: it must have requests, or errorRate and confidence, or seconds/,
    ],
    [
      "two goals of requests",
      { gate: { steps: [{ ...first, goal: { requests: 5, errorRate: 0.1, confidence: 0.9 } }] } },
      /goal\.errorRate is 0\.1: it must not be given beside requests/,
    ],
    [
      "an error rate alone",
      { gate: { steps: [{ ...first, goal: { errorRate: 0.1 } }] } },
      /goal\.errorRate is 0\.1: it must be given together with confidence/,
    ],
    [
      "a confidence alone",
      { gate: { steps: [{ ...first, goal: { requests: 1, confidence: 0.9 } }] } },
      /goal\.confidence is 0\.9: it must be given together with errorRate/,
    ],
    [
      "half a request",
      { gate: { steps: [{ ...first, goal: { requests: 0.5 } }] } },
      /a whole number of requests/,
    ],
    [
      "another word for an approval",
      { gate: { steps: [{ ...first, approval: true }] } },
      /steps\[0\]\.approval is true: it must be none or required/,
    ],
    [
      "more time than there is",
      { gate: { limitSeconds: 90, steps: [first, second] } },
      /gate\.steps is .*: it must take less than nary:gate\.limitSeconds, which is 90; their goals and pauses take 90 s/,
    ],
    ["a stray key", { gate: { steps: [{ ...first, weight: 1 }] } }, /steps\[0\]\.weight is not a setting/],
    [
      "a word",
      { gate: { steps: "1 %" } },
      /gate\.steps is "1 %": it must be a list of steps, each with share and goal/,
    ],
    ["too many", { gate: { steps: Array(51).fill(first) } }, /must be at most 50 steps/],
    [
      "another end",
      { gate: { onInconclusive: "wait" } },
      /onInconclusive is "wait": it must be destroy, keep or extend/,
    ],
  ];
  for (const [what, changes, message] of refused) {
    it(`are refused with ${what}`, () => {
      assert.match(refusal(changes), message);
    });
  }
});
