import assert from "node:assert/strict";
import fc from "fast-check";
import { internalRoutes } from "../../../components/haproxy/internal-routes.ts";
import { urlPath } from "../../../settings/names.ts";

/** HAProxy's conditions, understood as HAProxy does: the path is decoded, capitals are the same. */
function conditionsOf(...paths: string[]): (given: string) => boolean {
  const acls = internalRoutes(paths.map((path) => urlPath.parse(path))).flatMap((line) => {
    const [, name, pattern] = /^acl (\w+) path,url_dec -i -m reg -- '([^']*)'$/.exec(line) ?? [];
    if (name !== undefined && pattern !== undefined) return [{ name, pattern: new RegExp(pattern, "i") }];
    assert.match(line, /^http-request deny deny_status 403 if internal(?:_name dot_segment)?$/);
    return [];
  });
  return (given) => {
    const decoded = decodeURIComponent(given);
    const holds = (wanted: string) =>
      acls.some(({ name, pattern }) => name === wanted && pattern.test(decoded));
    return holds("internal") || (holds("internal_name") && holds("dot_segment"));
  };
}

describe("an internal route, as HAProxy knows it", () => {
  const isInternal = conditionsOf("/api/errorAndRequestCount");

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
      assert.equal(isInternal(path), true, path);
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
      assert.equal(isInternal(path), false, path);
    }
  });

  it("is one of several", () => {
    const isOne = conditionsOf("/admin", "/debug/vars");
    for (const path of ["/admin", "//Admin/x", "/debug/vars", "/a/../debug//vars"])
      assert.equal(isOne(path), true, path);
    for (const path of ["/debug", "/admins", "/vars"]) assert.equal(isOne(path), false, path);
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
