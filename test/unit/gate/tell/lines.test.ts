import assert from "node:assert/strict";
import type { Event } from "../../../../gate/tell/events.ts";
import { lineOf } from "../../../../gate/tell/lines.ts";
import { jsonOf, tellJson, tellLines } from "../../../../gate/tell/teller.ts";

const end: Event = {
  event: "end",
  verdict: "reject",
  why: "1 error in 10 requests",
  release: "api:2",
  requests: 10,
  errors: 1,
  seconds: 1.5,
  exitCode: 1,
};
const counts = (requests: number): Extract<Event, { event: "counts" }> => ({
  event: "counts",
  requests,
  errors: 0,
  seconds: 1,
  why: `${requests} of 100 requests, no error`,
});

function screen(terminal: boolean) {
  const written: string[] = [];
  return { written, terminal, columns: 40, write: (text: string) => void written.push(text) };
}

describe("an event as JSON", () => {
  it("is one line with its name first, then its time", () => {
    assert.equal(
      jsonOf(end, new Date(0)),
      '{"event":"end","at":"1970-01-01T00:00:00.000Z","verdict":"reject","why":"1 error in 10 requests",' +
        '"release":"api:2","requests":10,"errors":1,"seconds":1.5,"exitCode":1}',
    );
  });

  it("stays one line whatever text is in it", () => {
    const out = screen(false);
    tellJson(out)({ event: "pulumi-output", stack: "canary", text: "one\ntwo\u2028three\r\n" });
    assert.equal(out.written.join("").trimEnd().split("\n").length, 1);
    assert.match(out.written.join(""), /\n$/);
  });
});

describe("an event as a line for people", () => {
  it("tells at the end how it ended, after how long, and why", () => {
    assert.equal(lineOf(end, false), "rejected api:2 after 1.5 s: 1 error in 10 requests");
  });

  it("is left out at the end when the error has been said on stderr", () => {
    assert.equal(lineOf({ ...end, verdict: null, exitCode: 4 }, false), undefined);
    assert.match(lineOf({ ...end, verdict: null, exitCode: 130 }, false) ?? "", /^interrupted/);
  });

  it("shows Pulumi's output to the curious, and its end to all when it fails", () => {
    const output: Event = { event: "pulumi-output", stack: "canary", text: "creating\n\n" };
    assert.equal(lineOf(output, false), undefined);
    assert.equal(lineOf(output, true), "  | creating");
    const failed: Event = {
      event: "pulumi-end",
      stack: "canary",
      operation: "up",
      seconds: 2,
      ok: false,
      output: "error: no room",
    };
    assert.match(lineOf(failed, false) ?? "", /failed in 2 s\n {2}\| error: no room$/);
  });

  it("tells of a step, of an extension, and of whom it waits for", () => {
    const step: Event = { event: "step", step: 2, of: 3, share: 0.1, why: "500 requests in 31 s at 1 %" };
    assert.equal(lineOf(step, false), "step 2 of 3, at 10 %, after 500 requests in 31 s at 1 %");
    assert.equal(
      lineOf({ event: "extended", why: "the time limit of 60 s was reached" }, false),
      "going on once more as long: the time limit of 60 s was reached",
    );
    const why = "75 requests without an error";
    assert.equal(lineOf({ event: "waits", for: "approval", why }, false), `waiting for an approval: ${why}`);
    assert.equal(lineOf({ event: "waits", for: "resume", why }, false), `held: ${why}`);
  });

  it("changes in place on a terminal, cut to its width, until something lasting is told", () => {
    const out = screen(true);
    const tell = tellLines(out, false);
    tell(counts(1));
    tell({ ...counts(2), why: "x".repeat(100) });
    tell({ event: "traffic", state: "off", share: null });
    tell({ event: "traffic", state: "on", share: null });
    tell({ event: "traffic", state: "on", share: 0.005 });
    assert.deepEqual(out.written, [
      "\r\u001b[K1 of 100 requests, no error",
      `\r\u001b[K${"x".repeat(39)}`,
      "\r\u001b[Ktraffic to the canaries is off\n",
      "traffic to the canaries is on\n",
      "traffic to the canaries is on, 0.5 % of all requests\n",
    ]);
  });

  it("is progress only now and then where lines cannot be written over", () => {
    const out = screen(false);
    const tell = tellLines(out, false);
    for (let requests = 0; requests < 50; requests++) tell(counts(requests));
    assert.deepEqual(out.written, ["0 of 100 requests, no error\n"]);
  });
});
