import assert from "node:assert/strict";
import fc from "fast-check";
import type { Event } from "../../../../../gate/tell/events.ts";
import { code, plain, table } from "../../../../../gate/tell/summary/markdown.ts";
import { Summary } from "../../../../../gate/tell/summary/summary.ts";
import { origin, stacks, rejection, verdict } from "../told.ts";

/** The summary of events that come a second apart. */
function summaryOf(events: readonly Event[]): string {
  const summary = new Summary(0);
  for (const [index, event] of events.entries()) {
    if (event.event === "recording") summary.setOrigin(origin, stacks);
    summary.tell(event, index * 1000);
  }
  return summary.markdown();
}

describe("a summary", () => {
  it("says what was released, how it ended and why, by which rule, what was seen, and how long each part took", () => {
    assert.equal(
      summaryOf(rejection),
      `## api: rejected

1 error in 9 requests

|  |  |
| --- | --- |
| command | \`nary release -s staging-canary\` |
| environment | staging |
| release | \`api:2\` |
| goal | zero errors in 100 requests |
| verdict | **reject**: 1 error in 9 requests |
| decided by | zero-errors: first error |
| clients | got 0 failed answers from canaries |
| exit status | 1 |
| record | \`/records/one.ndjson\` |

| in 4 s with traffic | canary |
| --- | --- |
| requests | 9 |
| failed | 1 |
| errors | 1 |

| part | time |
| --- | --- |
| bringing the canary up | 5 s |
| waiting for its instances | 3 s |
| watching it with traffic | 2 s |
| taking the canary away | 5 s |
| **in all** | **12.3 s** |

`,
    );
  });

  it("says what is proved, what it was compared with, what was allowed and what is not known", () => {
    const allowed = [{ fingerprint: "a|b", reason: "known", errors: 2 }];
    const other = { requests: 20, failed: 3, errors: 4 };
    const evidence = { ...verdict.evidence, allowed, other, clientErrors: null, unknown: ["how it ended"] };
    const proves = [{ type: "rate", errorRate: 1e-4, confidence: 0.999 }] as const;
    const text = summaryOf([{ ...verdict, verdict: "promote", evidence, proves }]);
    for (const line of [
      "| proved | error rate ≤ 1e-4 with 99.9 % confidence |",
      "| failed | 1 | 3 |",
      "- allowed: 2 errors with the fingerprint `a\\|b`: known",
      "- not known: how it ended",
      "| clients | no HAProxy could be asked how many failed answers of canaries they got |",
    ])
      assert.ok(text.split("\n").includes(line), `${line}\n${text}`);
  });

  it("is there too where all broke before anything was known, with the warnings", () => {
    const text = summaryOf([
      { event: "start", version: 1, command: "gate", stack: "x-canary" },
      ...Array.from({ length: 25 }, (_, index): Event => ({ event: "warning", why: `number ${index}` })),
      {
        event: "end",
        verdict: null,
        why: "no Consul",
        release: "",
        requests: 0,
        errors: 0,
        seconds: 1,
        exitCode: 4,
      },
    ]);
    assert.match(text, /^## x-canary: broken\n\nno Consul\n/);
    assert.match(text, /- warning: number 19\n- 5 more warnings\n/);
  });

  it("has no format, link or HTML from outside, and each cell in its row", () => {
    const why = "*bold* [a](b) <script> |x| `y` https://evil.example\n\n# title :tada: $x$";
    const text = summaryOf([
      { ...verdict, why },
      { event: "warning", why },
    ]);
    const escaped =
      "\\*bold\\* \\[a\\](b) \\<script\\> \\|x\\| \\`y\\` https\\://evil.example # title \\:tada: \\$x\\$";
    assert.ok(text.includes(`| verdict | **reject**: ${escaped} |\n`), text);
    assert.ok(text.includes(`- warning: ${escaped}\n`), text);
  });
});

describe("text in Markdown", () => {
  const active = /(?<!\\)(?:\\\\)*[`*_[\]<>|~&$]/;

  it("is one line without a character that is not escaped", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        assert.doesNotMatch(plain(text), active);
        assert.doesNotMatch(plain(text) + code(text), /[\n\r]/);
      }),
    );
  });

  it("is code of any text, of which no run of ticks ends it", () => {
    assert.equal(code("a"), "`a`");
    assert.equal(code("a``b`"), "``` a``b` ```");
    assert.equal(code("a|b\nc"), "`a\\|b c`");
    assert.equal(code(" "), "");
  });

  it("is a table", () => {
    assert.equal(
      table([
        ["a", "b"],
        ["1", "2"],
      ]),
      "| a | b |\n| --- | --- |\n| 1 | 2 |",
    );
  });
});
