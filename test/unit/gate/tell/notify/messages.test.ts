import assert from "node:assert/strict";
import { z } from "zod";
import { jsonBody, type NotifiedEvent } from "../../../../../gate/tell/notify/message.ts";
import { slackBody } from "../../../../../gate/tell/notify/slack.ts";
import { origin, verdict } from "../told.ts";

const message = (event: NotifiedEvent) => ({ ...origin, at: new Date(0), release: "api:2", event });

const slack = z.strictObject({
  text: z.string().max(4000),
  blocks: z.array(
    z.union([
      z.strictObject({
        type: z.literal("section"),
        text: z.strictObject({ type: z.literal("mrkdwn"), text: z.string().min(1).max(3000) }),
      }),
      z.strictObject({
        type: z.literal("context"),
        elements: z.array(z.strictObject({ type: z.literal("mrkdwn"), text: z.string().min(1).max(3000) })),
      }),
    ]),
  ),
});
const slackOf = (event: NotifiedEvent, release: string | null = "api:2") =>
  slack.parse(JSON.parse(slackBody({ ...message(event), release })));

describe("a message as JSON", () => {
  it("says what it is, when it was, where it is from, and has the event as it was told", () => {
    assert.deepEqual(JSON.parse(jsonBody(message(verdict))), {
      type: "nary.verdict",
      timestamp: "1970-01-01T00:00:00.000Z",
      data: { version: 1, ...origin, release: "api:2", event: verdict },
    });
  });
});

describe("a message for Slack", () => {
  it("has a headline, what a verdict rests on, and where it is from", () => {
    const { text, blocks } = slackOf(verdict);
    assert.equal(text, "api in staging: reject: 1 error in 9 requests");
    const said = JSON.stringify(blocks);
    for (const part of [
      "zero-errors: first error",
      "9 requests, 1 failed, 1 error",
      "staging-canary · api:2",
    ])
      assert.ok(said.includes(part), said);
    assert.equal(said.split("reject: 1 error in 9 requests").length, 2, "the verdict is said once");
  });

  it("has nothing that mentions, links or formats, whatever text is in the event", () => {
    const why = "<!channel> <https://evil.example|here> & ``` more";
    const { text, blocks } = slackOf({ ...verdict, why, rule: "check: <!here> ```" });
    const said = text + JSON.stringify(blocks);
    assert.doesNotMatch(said, /<|>|&(?!amp;|lt;|gt;)/);
    const [, details] = blocks;
    assert.ok(details?.type === "section");
    assert.equal(details.text.text.split("```").length, 3, details.text.text);
  });

  it("is cut to what Slack takes, escapes counted", () => {
    const { text } = slackOf({ event: "warning", why: "<&>".repeat(5_000) });
    assert.match(text, /…$/);
    assert.doesNotMatch(text, /&(?!amp;|lt;|gt;)/, "no half of an escape");
    slackOf({
      ...verdict,
      why: "a".repeat(50_000),
      evidence: { ...verdict.evidence, unknown: ["&".repeat(9_000)] },
    });
  });

  it("is there for each event that a webhook may be called for", () => {
    assert.equal(
      slackOf({ event: "gone", job: "api-canary", haproxies: 1, unconfirmed: [] }).text.includes(
        "api-canary is gone",
      ),
      true,
    );
    const begins = slackOf({ event: "start", version: 1, command: "release", stack: "staging-canary" }, null);
    assert.equal(begins.text, "api in staging: nary release begins");
    const from = { type: "context", elements: [{ type: "mrkdwn", text: "staging-canary" }] };
    assert.deepEqual(begins.blocks.at(-1), from);
    // As a line for people it is told with the canary.
    const crash = { role: "canary", instance: "i-1", kind: "crashed", why: "crashed" } as const;
    assert.equal(slackOf({ event: "fault", ...crash }).text, "api in staging: canary i-1 crashed");
    const end = {
      verdict: null,
      why: "it broke",
      release: "",
      requests: 0,
      errors: 0,
      seconds: 1,
      exitCode: 4,
    } as const;
    assert.equal(slackOf({ event: "end", ...end }).text, "api in staging: broken: it broke");
    assert.match(
      slackOf({ event: "end", ...end, verdict: "promote", exitCode: 0 }).text,
      /promoted after 1 s/,
    );
  });
});
