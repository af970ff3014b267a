import assert from "node:assert/strict";
import fc from "fast-check";
import { checkFalls, stoppingOf } from "../../../settings/stopping.ts";
import { haproxyOf } from "../components/descriptions.ts";
import { renderConfiguration } from "../../../components/haproxy/configuration.ts";

describe("how an instance stops", () => {
  it("follows from HAProxy's check interval", () => {
    const at = (checkIntervalSeconds: number) => Object.values(stoppingOf({ checkIntervalSeconds }));
    assert.deepEqual(at(0.25), [2, 12]);
    assert.deepEqual(at(0.1), [2, 12]);
    assert.deepEqual(at(2), [5, 16]);
    assert.deepEqual(at(60), [121, 30]);
  });

  it("is what is given, also nothing at all", () => {
    const given = { shutdownDelaySeconds: 0, killTimeoutSeconds: 1 };
    assert.deepEqual(stoppingOf({ ...given, checkIntervalSeconds: 10 }), given);
    assert.equal(stoppingOf({ shutdownDelaySeconds: 0, checkIntervalSeconds: 2 }).killTimeoutSeconds, 16);
  });

  it("leaves HAProxy time to hear of it, and the app time to drain, within what Nomad allows", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 60, noNaN: true }), (checkIntervalSeconds) => {
        const { shutdownDelaySeconds, killTimeoutSeconds } = stoppingOf({ checkIntervalSeconds });
        assert.ok(shutdownDelaySeconds >= 1 + checkFalls * checkIntervalSeconds);
        assert.ok(killTimeoutSeconds > 1.5 && killTimeoutSeconds <= 30);
        assert.ok(Number.isInteger(shutdownDelaySeconds) && Number.isInteger(killTimeoutSeconds));
      }),
    );
  });

  it("counts failed checks as HAProxy does", () => {
    assert.ok(renderConfiguration(haproxyOf()).includes(` fall ${checkFalls} `));
  });
});
