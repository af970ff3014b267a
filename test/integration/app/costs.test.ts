import assert from "node:assert/strict";
import { answerOf } from "../../../gate/count/answer.ts";
import { startService } from "./process.ts";

describe("the costs that a service tells", function () {
  this.timeout(20_000);

  it("are those of its requests by route, and the gate reads them", async () => {
    const service = await startService("queries-service.ts");
    try {
      for (const path of ["/classes/2", "/classes/4", "/"]) await (await fetch(service.url + path)).text();
      const told = await fetch(`${service.url}/api/errorAndRequestCount`);
      const answer = answerOf(told.status, await told.text());
      assert.ok(answer.type === "counts");
      assert.deepEqual(answer.oddities, []);
      assert.deepEqual(
        [...(answer.costs ?? [])],
        [
          [
            "GET /classes/:id",
            {
              requests: 2,
              queries: { sum: 6, squares: 20 },
              items: { sum: 60, squares: 2000 },
            },
          ],
          ["other", { requests: 1, queries: { sum: 0, squares: 0 }, items: { sum: 0, squares: 0 } }],
        ],
      );
    } finally {
      await service.end();
    }
  });
});
