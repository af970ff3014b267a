import assert from "node:assert/strict";
import type { Event } from "../../../../gate/tell/events.ts";
import { phaseAfter } from "../../../../gate/tell/phase.ts";
import type { Phase } from "../../../../settings/status.ts";

const stacks = { canary: "org/api/local-canary", production: "org/api/local-production" };

const start = (command: string): Event => ({ event: "start", version: 1, command, stack: "local-canary" });
const up = (stack: string): Event => ({ event: "pulumi-start", stack, operation: "up", release: "api:2" });
const destroy = (stack: string): Event => ({ event: "pulumi-start", stack, operation: "destroy" });

describe("the phase of a command", () => {
  const after = (events: readonly Event[], known = true) => {
    const phases: Phase[] = [];
    for (const event of events)
      phases.push(phaseAfter(phases.at(-1) ?? "start", event, known ? stacks : undefined));
    return phases;
  };

  it("is at first what the command begins with", () => {
    const begins = ["release", "gate", "reject", "rollback"].flatMap((command) => after([start(command)]));
    assert.deepEqual(begins, ["bring-up", "start", "remove", "roll-back"]);
  });

  it("begins anew with the canary, where what a killed gate had begun was carried out first", () => {
    const events = [start("gate"), destroy(stacks.canary), up(stacks.canary)];
    assert.deepEqual(after(events), ["start", "remove", "bring-up"]);
  });

  it("stays that of the end while production goes back", () => {
    const events = [start("reject"), destroy(stacks.canary), up(stacks.production), up("org/api/my-canary")];
    assert.deepEqual(after(events), ["remove", "remove", "remove", "remove"]);
  });

  it("is the end of the canary as soon as its release is promoted, but for a rollback, which has none", () => {
    const promoted: Event = { event: "promoted", release: "api:2", before: "api:1" };
    const released = after([start("release"), up(stacks.production), promoted]);
    assert.deepEqual(released, ["bring-up", "promote", "remove"]);
    assert.deepEqual(after([start("rollback"), promoted]), ["roll-back", "roll-back"]);
  });

  it("is not told by stacks that nobody knows yet", () => {
    assert.deepEqual(after([start("release"), destroy(stacks.canary)], false), ["bring-up", "bring-up"]);
  });
});
