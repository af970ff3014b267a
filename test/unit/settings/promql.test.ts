import assert from "node:assert/strict";
import { filledQuery, hasPlaceholder, queryProblem } from "../../../settings/promql.ts";

const names = { service: "api-canary", job: "api-canary", release: "registry.example/api@sha256:1" };

describe("a query with a side's names", () => {
  it("has them in its strings", () => {
    assert.equal(
      filledQuery(`sum(rate(errors{job="$job",release='$release'}[1m])) / 2`, names),
      `sum(rate(errors{job="api-canary",release='registry.example/api@sha256:1'}[1m])) / 2`,
    );
  });

  it("has them as they are behind =~ too, not as patterns", () => {
    assert.equal(
      filledQuery(`up{release=~"$release|x.y", job !~ '$job'}`, { ...names, release: "a.b/c+d" }),
      `up{release=~"a\\\\.b/c\\\\+d|x.y", job !~ 'api-canary'}`,
    );
  });

  it("cannot be left by a name", () => {
    const nasty = { ...names, job: `a"} or vector(0) # '\\\n` };
    assert.equal(filledQuery(`up{job="$job"}`, nasty), `up{job="a\\"} or vector(0) # '\\\\\\u000a"}`);
    assert.equal(filledQuery(`up{job='$job'}`, nasty), `up{job='a"} or vector(0) # \\'\\\\\\u000a'}`);
  });

  it("takes a name in a name for text", () => {
    assert.equal(
      filledQuery(`up{job="$job"}`, { ...names, job: "$release $& $1" }),
      `up{job="$release $& $1"}`,
    );
  });

  it("keeps comments and raw strings, and what a string escapes", () => {
    const query = 'up{a=`$x`, b="say \\"$job\\""} # isn\'t $job';
    assert.equal(filledQuery(query, names), 'up{a=`$x`, b="say \\"api-canary\\""} # isn\'t $job');
  });

  it("may say anything in a comment", () => {
    assert.equal(queryProblem("up # isn't $anything"), undefined);
  });

  it("keeps the groups that label_replace has", () => {
    const query = `label_replace(up, "a", "$1", "b", "(.*)$")`;
    assert.equal(queryProblem(query), undefined);
    assert.equal(filledQuery(query, names), query);
    assert.equal(hasPlaceholder(query), false);
  });

  const refused: [string, string, RegExp][] = [
    ["a name outside of quotes", "rate($job[1m])", /inside "double" or 'single' quotes/],
    ["a name in a raw string", "up{job=`$job`}", /inside "double" or 'single' quotes/],
    ["a name that there is not", 'up{job="$jbo"}', /^must not have \$jbo: only \$service, \$job, \$release/],
    ["another tool's name", "rate(a[$__interval])", /^must not have \$__interval/],
    ["a string without an end", 'up{job="$job}', /close the string that begins with "/],
    ["a string over a line's end", 'up{job="a\nb"}', /close the string/],
  ];
  for (const [what, query, message] of refused) {
    it(`is refused with ${what}`, () => {
      assert.match(queryProblem(query) ?? "", message);
    });
  }
});
