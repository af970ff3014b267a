import assert from "node:assert/strict";
import fc from "fast-check";
import { counterRoute } from "../../../components/haproxy/counter-route.ts";
import { urlPath } from "../../../settings/names.ts";

/** HAProxy's conditions, understood as HAProxy does: the path is decoded, capitals are the same. */
function conditionsOf(path: string): (given: string) => boolean {
  const patterns = new Map(
    counterRoute(urlPath.parse(path)).map((line) => {
      const [, name, pattern] = /^acl (\w+) path,url_dec -i -m reg '([^']*)'$/.exec(line) ?? [];
      assert.ok(name !== undefined && pattern !== undefined, line);
      return [name, new RegExp(pattern, "i")];
    }),
  );
  return (given) => {
    const decoded = decodeURIComponent(given);
    const holds = (name: string) => patterns.get(name)?.test(decoded) === true;
    return holds("counter") || (holds("counter_name") && holds("dot_segment"));
  };
}

describe("the counter route, as HAProxy knows it", () => {
  const isCounter = conditionsOf("/api/errorAndRequestCount");

  it("is known however it is written", () => {
    for (const path of [
      "/api/errorAndRequestCount",
      "/api/errorAndRequestCount/",
      "/API/errorandrequestcount",
      "//api///errorAndRequestCount",
      "/api/%65rrorAndRequestCount",
      "/api%2FerrorAndRequestCount",
      "/api/./errorAndRequestCount",
      "/x/../api/errorAndRequestCount",
      "/api/x/y/../../errorAndRequestCount",
      "/api/%2e%2e/api/errorAndRequestCount",
      "\\api\\errorAndRequestCount",
      "/api/errorAndRequestCount;v=1",
      "/api/errorAndRequestCount/more",
    ]) {
      assert.equal(isCounter(path), true, path);
    }
  });

  it("is no other", () => {
    for (const path of [
      "/",
      "/api",
      "/api/errorAndRequestCounts",
      "/v2/api/errorAndRequestCount",
      "/a/../b",
    ]) {
      assert.equal(isCounter(path), false, path);
    }
  });

  it("is itself and no longer path, whatever it is", () => {
    const paths = fc
      .stringMatching(/^(?:\/[A-Za-z0-9.~_-]{1,9}){1,4}$/)
      .filter((path) => urlPath.safeParse(path).success);
    fc.assert(
      fc.property(paths, fc.stringMatching(/^[a-z0-9]{1,5}$/), (path, more) => {
        assert.equal(conditionsOf(path)(path), true);
        assert.equal(conditionsOf(path)(path + more), false);
        assert.equal(conditionsOf(path)(`/${more}${path}`), false);
      }),
    );
  });
});
