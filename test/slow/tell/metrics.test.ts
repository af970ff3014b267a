import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { Metrics } from "../../../gate/tell/metrics/metrics.ts";
import { origin, stacks, rejection } from "../../unit/gate/tell/told.ts";

describe("metrics, as Prometheus' own promtool reads them", () => {
  // The name of the service holds all that a label may have to escape.
  for (const until of [1, 10, rejection.length])
    it(`are right after ${until} events`, () => {
      const metrics = new Metrics(new Date(1_000_000));
      metrics.setOrigin({ ...origin, service: 'a "quoted\\" name\n' }, stacks);
      for (const event of rejection.slice(0, until)) metrics.tell(event, new Date(2_000_500));
      metrics.message("failed");
      const { status, stdout, stderr, error } = spawnSync("promtool", ["check", "metrics"], {
        input: metrics.text(),
        encoding: "utf8",
      });
      assert.equal(error, undefined);
      assert.equal(status, 0, stdout + stderr);
      // It also says what is unusual in names and units.
      assert.equal(stdout + stderr, "");
    });
});
