import assert from "node:assert/strict";
import { FaultsError, noFaults, parseFaults } from "../../../demo/service/faults.ts";

describe("faults of the sample service", () => {
  it("has none unless told", () => {
    assert.deepEqual(parseFaults(undefined), noFaults);
    assert.deepEqual(parseFaults(""), noFaults);
  });

  it("reads several", () => {
    assert.deepEqual(parseFaults("errorRate=0.002, crashAfter=400,counter=html"), {
      ...noFaults,
      errorRate: 0.002,
      crashAfter: 400,
      counter: "html",
    });
  });

  for (const text of [
    "errorRate=2",
    "errorRate=-1",
    "latencyMs=soon",
    "crashAfter=",
    "counter=wrong",
    "fire=1",
    "errorRate",
  ]) {
    it(`refuses ${text}, naming it`, () => {
      const [name = ""] = text.split("=");
      assert.throws(
        () => parseFaults(text),
        (error) => error instanceof FaultsError && error.message.includes(name),
      );
    });
  }
});
