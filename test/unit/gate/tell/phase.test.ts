import assert from "node:assert/strict";
import type { Event } from "../../../../gate/tell/events.ts";
import { phaseAfter, type Phase } from "../../../../gate/tell/phase.ts";

const up = (stack: string): Event => ({ event: "pulumi-start", stack, operation: "up", release: "api:2" });
const destroy = (stack: string): Event => ({ event: "pulumi-start", stack, operation: "destroy" });

describe("the phase of a command", () => {
  const after = (events: readonly Event[]) => {
    const phases: Phase[] = [];
    for (const event of events) phases.push(phaseAfter(phases.at(-1) ?? "preparing", event));
    return phases;
  };

  it("begins anew with the canary, where what a killed gate had begun was carried out first", () => {
    assert.deepEqual(after([destroy("org/api/local-canary"), up("org/api/local-canary")]), [
      "removing",
      "starting",
    ]);
    assert.deepEqual(after([destroy("canary"), up("canary")]), ["removing", "starting"]);
  });

  it("stays that of the end while production goes back", () => {
    assert.deepEqual(after([destroy("local-canary"), up("local-production")]), ["removing", "removing"]);
    assert.deepEqual(after([destroy("local-canary"), up("local-mycanary")]), ["removing", "removing"]);
  });
});
