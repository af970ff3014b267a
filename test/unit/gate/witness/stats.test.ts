import assert from "node:assert/strict";
import { statsOf } from "../../../../gate/witness/stats.ts";

const head = "# pxname,svname,req_tot,hrsp_5xx,econ,eresp,srv_abrt,wredis,wretr,ttime,";

describe("the times that HAProxy tells", () => {
  it("are those of servers that have answered, in milliseconds", () => {
    const rows = ["api,canary_a,10,0,0,0,0,0,0,25,", "api,canary_b,3,0,0,0,0,0,0,0,"];
    assert.deepEqual(
      [...statsOf([head, ...rows].join("\n"), "api").meanMs],
      [
        ["canary_a", 25],
        ["canary_b", 0],
      ],
    );
  });

  it("are none of a server that has answered nothing yet, of which HAProxy says 0", () => {
    const { meanMs, rows } = statsOf(`${head}\napi,canary_a,0,0,0,0,0,0,0,0,`, "api");
    assert.equal(rows.length, 1);
    assert.deepEqual([...meanMs], []);
  });
});
