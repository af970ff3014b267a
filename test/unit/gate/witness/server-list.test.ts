import assert from "node:assert/strict";
import { mayGetRequests, serversIn } from "../../../../gate/witness/server-list.ts";

const head = "# pxname,svname,qcur,status,weight,";

describe("the servers that HAProxy tells", () => {
  it("are those of one backend, with their status", () => {
    const rows = [
      "stats,FRONTEND,,OPEN,,",
      "api,api_192.0.2.1_80,0,UP,1,",
      "other,canary_192.0.2.9_80,0,UP,1,",
      "api,canary_192.0.2.2_80,0,DOWN 1/2,1,",
      "api,BACKEND,0,UP,2,",
      "",
    ];
    assert.deepEqual(serversIn([head, ...rows].join("\n"), "api"), [
      { name: "api_192.0.2.1_80", status: "UP" },
      { name: "canary_192.0.2.2_80", status: "DOWN 1/2" },
    ]);
  });

  it("are unknown where HAProxy has no such backend, or the answer is something else", () => {
    assert.throws(() => serversIn(`${head}\nother,BACKEND,0,UP,2,\n`, "api"), /it has no backend api/);
    assert.throws(() => serversIn("<html>", "api"), /no columns pxname, svname and status/);
    assert.throws(() => serversIn("# pxname,svname\napi,BACKEND\n", "api"), /no columns/);
  });

  it("may get requests unless they are in maintenance, since one that is down may come up", () => {
    const may = (status: string) => mayGetRequests({ name: "canary_192.0.2.2_80", status });
    for (const status of ["UP", "UP 1/2", "no check", "DOWN", "DOWN 1/2", "NOLB", "DRAIN"])
      assert.ok(may(status), status);
    for (const status of ["MAINT", "MAINT (via api/canary)", "MAINT (resolution)"])
      assert.ok(!may(status), status);
  });
});
