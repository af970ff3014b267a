import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { event, eventLine, type Event } from "../../../../gate/tell/events.ts";
import { eventsPages } from "../../../../tools/docs/documents.ts";
import { assertEvents, checkEvents, eventsOf } from "../../../support/events.ts";

const end: Event = {
  event: "end",
  verdict: null,
  why: "it broke",
  release: "",
  requests: 0,
  errors: 0,
  seconds: 0.1,
  exitCode: 4,
};
const line = (one: object) => JSON.stringify({ at: "2026-01-02T03:04:05.678Z", ...one });

describe("the schema of events", () => {
  it("takes an event and a line, and refuses what an event is not", () => {
    assertEvents([end]);
    assert.deepEqual(eventsOf(`${line(end)}\n`).length, 1);
    for (const wrong of [
      { ...end, exitCode: 5 },
      { ...end, event: "ended" },
      { ...end, why: undefined },
      { ...end, seconds: -1 },
    ])
      assert.ok(!event.safeParse(wrong).success, JSON.stringify(wrong));
    assert.ok(!eventLine.safeParse(end).success, "without a time");
  });

  it("lets no test pass over a field that it does not know, inside another one either", () => {
    assert.throws(() => eventsOf(line({ ...end, extra: 1 })));
    const counts = {
      event: "counts",
      requests: 1,
      errors: 0,
      failed: 0,
      clientErrors: null,
      seconds: 1,
      why: "",
    };
    const other = { requests: 1, failed: 0, errors: 0 };
    eventsOf(line({ ...counts, other }));
    assert.throws(() => eventsOf(line({ ...counts, other: { ...other, extra: 1 } })));
  });

  it("is asked for what a command tells, and not for other answers in JSON", () => {
    const start = line({ event: "start", version: 1, command: "gate", stack: "canary" });
    const bad = line({ event: "end" });
    assert.throws(() => {
      checkEvents(["gate", "--json"], `${start}\n${bad}\n`);
    });
    checkEvents(["gate"], "plain lines\n");
    checkEvents(["plan", "--json"], `{"release": "api:2"}\n`);
    checkEvents(["gate", "--json"], "");
  });
});

describe("the pages of events", () => {
  it("are those that are made from the schema: npm run docs writes them", async () => {
    for (const { path, text } of await eventsPages()) assert.equal(await readFile(path, "utf8"), text, path);
  });

  it("tell each event and each field", async () => {
    const [page] = await eventsPages();
    const told = page?.text ?? "";
    for (const one of event.options) {
      const variants = "options" in one ? one.options : [one];
      for (const { shape } of variants) {
        for (const field of Object.keys(shape))
          if (field !== "event") assert.ok(told.includes(`| \`${field}\``), field);
      }
    }
    for (const name of ["start", "pulumi-end", "canary", "verdict", "end"])
      assert.match(told, new RegExp(`^## .*\`${name}\``, "m"));
  });
});
