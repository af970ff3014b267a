import assert from "node:assert/strict";
import { assertAccepted } from "../../integration/components/check-configurations.ts";
import { descriptions } from "../../integration/components/haproxy-settings.ts";

const batches = 15;
const each = 200;

describe(`HAProxy's configuration, over ${batches * each} settings`, function () {
  this.timeout(600_000);

  for (let batch = 0; batch < batches; batch++) {
    // A new seed in each run, told when it fails.
    const seed = Date.now() + batch;
    it(`is accepted by HAProxy (seed ${seed})`, async () => {
      const given = descriptions(each, seed);
      assert.equal(given.length, each);
      await assertAccepted(given);
    });
  }
});
