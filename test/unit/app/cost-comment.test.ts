import assert from "node:assert/strict";
import fc from "fast-check";
import { commentsOf, sqlComment, withComment } from "../../../app/cost/comment.ts";
import { newRequest } from "../../../app/counts/request.ts";

const comment = "/*route='GET%20%2Fa'*/";
/** Halves of characters among them, which no URL can have. */
const anyUnit = fc.oneof(
  fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
  fc.constantFrom("*", "/", "'", "\\", "$", "?", "-", ";", "\n", "%"),
);

function readComment(text: string): Record<string, string> {
  const fields = /^\/\*(.*)\*\/$/.exec(text)?.[1] ?? assert.fail(text);
  return Object.fromEntries(
    fields.split(",").map((field) => {
      const [, name = "", value = ""] = /^(\w+)='([\w.~%-]*)'$/.exec(field) ?? assert.fail(field);
      return [name, decodeURIComponent(value)];
    }),
  );
}

describe("the comment of a query", () => {
  it("has release, route and team in the order of their names, as sqlcommenter writes them", () => {
    assert.equal(
      sqlComment({ team: "core", route: "GET /classes/:id", release: "api:1" }),
      "/*release='api%3A1',route='GET%20%2Fclasses%2F%3Aid',team='core'*/",
    );
  });

  it("is none when there is nothing to say", () => {
    assert.equal(sqlComment({}), "");
    assert.equal(sqlComment({ route: "", team: undefined }), "");
  });

  it("has any value as it is, and nothing that means something in SQL", () => {
    fc.assert(
      fc.property(fc.string({ unit: anyUnit, minLength: 1, maxLength: 150 }), (route) => {
        const written = sqlComment({ route });
        assert.doesNotMatch(written.slice(2, -2), /[*/?$:;"`\\\s]|[^ -~]/);
        assert.deepEqual(readComment(written), { route: route.toWellFormed() });
      }),
    );
  });

  it("has no more than the beginning of a long value, also where that ends within a character", () => {
    const { route = "" } = readComment(sqlComment({ route: `x${"😀".repeat(5_000)}` }));
    assert.equal(route, `x${"😀".repeat(99)}\ufffd`);
  });

  it("stands at the end of a text, before a semicolon", () => {
    for (const [text, commented] of [
      ["select 1", `select 1 ${comment}`],
      ["select (1)\n", `select (1) ${comment}\n`],
      ["select 1; ;\n", `select 1 ${comment}; ;\n`],
      ["select 1; select 2;", `select 1; select 2 ${comment};`],
    ] as const) {
      assert.equal(withComment(text, comment), commented);
    }
  });

  it("is left out where a text has one, or is empty", () => {
    for (const text of ["select /*+ hint */ 1", "select 1 -- mine", "select 1 # mine", "", " ; "]) {
      assert.equal(withComment(text, comment), text);
    }
    assert.equal(withComment("select 1", ""), "select 1");
  });

  it("is that of a request's route and team, as they are now", () => {
    const commentOf = commentsOf("api:1");
    const request = newRequest();
    assert.equal(commentOf(request), "");
    request.route = "GET /a";
    assert.equal(commentOf(request), "/*release='api%3A1',route='GET%20%2Fa'*/");
    request.team = "core";
    assert.equal(commentOf(request), "/*release='api%3A1',route='GET%20%2Fa',team='core'*/");
    assert.equal(commentOf({ ...request }), commentOf(request));
  });
});
