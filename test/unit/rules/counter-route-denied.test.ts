import assert from "node:assert/strict";
import { counterRouteDenied } from "../../../rules/counter-route-denied.ts";
import { renderConfiguration } from "../../../components/haproxy/configuration.ts";
import { haproxyOf } from "../components/descriptions.ts";

const path = "/api/counts";
const broken = (configuration: string, ...paths: string[]) =>
  counterRouteDenied(configuration, paths.length === 0 ? [path] : paths).map(({ what }) => what);

/** A configuration whose frontend has these lines. */
const frontend = (...rules: string[]) =>
  [
    "frontend api",
    "  bind :80",
    ...rules.map((rule) => `  ${rule}`),
    "  default_backend api",
    "",
    "backend api",
  ].join("\n");

describe("counter-route-denied", () => {
  it("is kept by what the component renders, for any route", () => {
    for (const counterPath of ["/api/errorAndRequestCount", "/counts", "/a.b/c-d~e"]) {
      assert.deepEqual(broken(renderConfiguration(haproxyOf({ counterPath })), counterPath), []);
    }
  });

  it("is broken by what is rendered for another route", () => {
    assert.deepEqual(broken(renderConfiguration(haproxyOf({}))), [
      "HAProxy's frontend api does not deny /api/counts before all else",
      "HAProxy's frontend api_next does not deny /api/counts before all else",
    ]);
  });

  for (const rules of [
    ["acl counter path /api/counts", "http-request deny if counter"],
    ["acl counter path_beg -i /api", "http-request deny deny_status 404 if other or counter"],
    ["acl counter path,url_dec -i -m reg '^/+api/+COUNTS$' # any way", "http-request deny if counter"],
  ]) {
    it(`takes ${rules.join("; ")}`, () => {
      assert.deepEqual(broken(frontend(...rules)), []);
    });
  }

  for (const rules of [
    [],
    ["# acl counter path /api/counts", "http-request deny if counter"],
    ["acl counter path /api/counts"],
    ["acl counter path /api/other", "http-request deny if counter"],
    ["acl counter path /api/counts", "http-request deny unless counter"],
    ["acl counter path /api/counts", "http-request deny if counter outside"],
    ["acl counter path /api/counts", "http-request allow", "http-request deny if counter"],
    ["acl counter path -m reg '('", "http-request deny if counter"],
  ]) {
    it(`refuses ${rules.length === 0 ? "a frontend without a rule" : rules.join("; ")}`, () => {
      assert.equal(broken(frontend(...rules)).length, 1);
    });
  }

  it("takes a denial in the backend that requests go to", () => {
    const text =
      "frontend a\n default_backend b\nbackend b\n acl c path /api/counts\n http-request deny if c\n";
    assert.deepEqual(broken(text), []);
    const elsewhere = text.replace(" default_backend", " use_backend z if y\n default_backend");
    assert.equal(broken(elsewhere).length, 1);
  });

  it("knows no routes in what is no HTTP", () => {
    assert.deepEqual(broken(frontend("mode tcp")), []);
  });
});
