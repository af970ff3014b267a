import assert from "node:assert/strict";
import fc from "fast-check";
import { percentage, share } from "../../../settings/share.ts";
import { decodeTraffic, encodeTraffic, trafficOff } from "../../../settings/traffic.ts";

const shares = fc.integer({ min: 1, max: 9900 }).map((points) => share.parse(percentage(points / 10_000)));

describe("the traffic switch", () => {
  it("is a line of plain words", () => {
    const half = share.parse("0.5 %");
    assert.equal(encodeTraffic(trafficOff), "off");
    assert.equal(encodeTraffic({ state: "on", twin: false, markdown: false }), "on");
    const on = { state: "on", share: half, twin: false, markdown: false } as const;
    assert.equal(encodeTraffic(on), "on share=50");
    assert.equal(encodeTraffic({ ...on, markdown: true }), "on share=50 markdown");
    assert.equal(encodeTraffic({ ...on, twin: true }), "on share=50 twin");
  });

  it("is read as it was written", () => {
    fc.assert(
      fc.property(
        fc.option(shares, { nil: undefined }),
        fc.boolean(),
        fc.boolean(),
        (given, twin, markdown) => {
          const traffic = { state: "on", ...(given && { share: given }), twin, markdown } as const;
          assert.deepEqual(decodeTraffic(encodeTraffic(traffic)), traffic);
        },
      ),
    );
  });

  it("is off where it is missing or cannot be read", () => {
    for (const line of [
      undefined,
      "",
      "On",
      "on ",
      "on\n",
      "off",
      "on share=0",
      "on share=12345",
      "on share=9999",
      "on markdown share=5",
      "on markdown twin",
      '{"state":"on"}',
    ]) {
      assert.deepEqual(decodeTraffic(line), trafficOff, line);
    }
  });
});
