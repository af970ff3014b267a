import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { startQuery } from "../../../../app/cost/query.ts";
import { describeRequest, newRequest, endRequest } from "../../../../app/counts/request.ts";
import { state } from "../../../../app/state.ts";
import { ndjsonFiles, tableOf, type Row } from "../../../../app/warehouse.ts";
import { columns, rowOf } from "../../../../app/warehouse/row.ts";
import { temporaryFolder } from "../../../support/temporary.ts";

function row(route: string, tables = ["students"]): Row {
  const request = newRequest();
  state().requests.run(request, () => {
    describeRequest({ route, area: "classes", team: "reading" });
    startQuery({ database: "postgres", tables })({ items: 2 });
  });
  endRequest(request, { type: "finished", status: 503 });
  return rowOf(request, { type: "finished", status: 503 }, 4, { release: "api:1", role: "canary" });
}

describe("a row of the warehouse", () => {
  it("has who asked, what it cost, and how many it stands for", () => {
    const { route, area, team, release, role, status, failed, weight, queries, items, tables } = row("GET /");
    assert.deepEqual(
      [route, area, team, release, role, status, failed, weight, queries, items],
      ["GET /", "classes", "reading", "api:1", "canary", 503, true, 4, 1, 2],
    );
    assert.match(tables, /^\{"postgres":\{"students":\{"queries":1,"items":2,/);
  });

  it("fits its columns, in bytes and whole characters, whatever a route is called", () => {
    const { route } = row(`a\0${"ü".repeat(200)}`);
    assert.equal(Buffer.byteLength(route ?? ""), 255);
    assert.match(route ?? "", /^aü+$/);
    assert.equal(row("GET /", [`x${"y".repeat(70_000)}`]).tables, "{}");
    assert.doesNotMatch(row("GET /", ["a\0b"]).tables, /u0000|\0/);
  });
});

describe("rows for a table", () => {
  it("go many with a statement, and no statement has more parameters than Redshift takes", async () => {
    const asked: { text: string; values: unknown[] }[] = [];
    const send = tableOf({
      query: (text, values) => {
        asked.push({ text, values });
        return Promise.resolve();
      },
    });
    await send(Array.from({ length: 2_500 }, () => row("GET /")));
    assert.deepEqual(
      asked.map(({ values }) => values.length / columns.length),
      [1_927, 573],
    );
    for (const { text, values } of asked) {
      assert.match(text, /^INSERT INTO "nary_request_costs" \("id", .*\) ON CONFLICT DO NOTHING$/);
      assert.equal(text.match(/\$\d+/g)?.length, values.length);
      assert.ok(values.length <= 32_767);
    }
  });

  it("go to a table that is named, and to Redshift as it knows it", async () => {
    const texts: string[] = [];
    const query = (text: string) => Promise.resolve(texts.push(text));
    await tableOf({ query, table: "analytics.costs", dialect: "redshift" })([row("GET /")]);
    assert.match(texts[0] ?? "", /^INSERT INTO "analytics"\."costs" .*\$17\)$/);
    for (const table of ["costs; DROP TABLE x", 'a"b', "", "a.b.c"])
      assert.throws(() => tableOf({ query, table }), /TypeError: table is .*: it must be a name/);
  });
});

describe("rows for files", () => {
  it("are lines of JSON, in files of a size, of which so many are kept", async () => {
    const folder = join(await temporaryFolder(), "costs");
    const send = ndjsonFiles({ folder, fileBytes: 1, files: 2 });
    for (const route of ["GET /1", "GET /2", "GET /3"]) await send([row(route), row(route)]);
    const names = (await readdir(folder)).sort();
    assert.equal(names.length, 2);
    const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
    assert.deepEqual(
      texts.map((text) =>
        text
          .trimEnd()
          .split("\n")
          .map((each) => /"route":"([^"]+)"/.exec(each)?.[1]),
      ),
      [
        ["GET /2", "GET /2"],
        ["GET /3", "GET /3"],
      ],
    );
  });
});
