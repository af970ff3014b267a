import assert from "node:assert/strict";
import { comparesSides, gateChecks } from "../../../settings/gate-checks.ts";
import { minimal, parse, refusal } from "./stack-file.ts";

const restarts = { type: "restarts", name: "restarts", noData: "wait" };
const lag = { type: "event-loop-lag", name: "lag", noData: "ok" };
const prometheus = {
  type: "prometheus",
  name: "errors",
  noData: "bad",
  address: "http://127.0.0.1:9090",
  query: 'sum(errors{job="$job"})',
};

function parsed(...checks: object[]) {
  const settings = parse({ ...minimal("canary"), gate: { checks } });
  assert.equal(settings.role, "canary");
  return settings.gate.checks;
}

describe("checks of the gate in the settings", () => {
  it("are of six types, each with its own words and defaults", () => {
    const common = { forSeconds: 0, afterSeconds: 0 };
    const address = new URL("http://127.0.0.1:9090");
    assert.deepEqual(
      parsed(
        restarts,
        { type: "out-of-memory", name: "memory", noData: "ok" },
        { type: "failing-checks", name: "health", noData: "bad", limit: 2, forSeconds: 10 },
        { ...lag, limit: 250 },
        { type: "latency", name: "latency", noData: "wait", ratio: 1.5, afterSeconds: 60 },
        { ...prometheus, limit: 0.5 },
      ),
      [
        { ...restarts, ...common, limit: 0 },
        { type: "out-of-memory", name: "memory", noData: "ok", ...common, limit: 0 },
        { type: "failing-checks", name: "health", noData: "bad", ...common, limit: 2, forSeconds: 10 },
        { ...lag, ...common, limit: 250 },
        { type: "latency", name: "latency", noData: "wait", ...common, ratio: 1.5, afterSeconds: 60 },
        { ...prometheus, ...common, address, limit: 0.5, everySeconds: 5, timeoutSeconds: 3 },
      ],
    );
    assert.deepEqual(parsed(), []);
  });

  it("take passwords and tokens from elsewhere", () => {
    const basic = { type: "basic", user: "nary", passwordFrom: { env: "PASSWORD" } };
    const bearer = { type: "bearer", tokenFrom: { file: "/run/token" } };
    for (const auth of [basic, bearer]) {
      const [check] = parsed({ ...prometheus, limit: 1, auth });
      assert.ok(check?.type === "prometheus");
      assert.deepEqual(check.auth, auth);
    }
  });

  it("say whether there has to be another side", () => {
    assert.equal(comparesSides(gateChecks.parse([restarts, { ...lag, limit: 1 }])), false);
    assert.equal(comparesSides(gateChecks.parse([restarts, { ...lag, ratio: 1 }])), true);
  });

  const refused: [string, object[], RegExp][] = [
    [
      "an unknown type",
      [{ ...restarts, type: "cpu" }],
      /checks\[0\]\.type is "cpu": it must be one of: event-/,
    ],
    ["a word", [["restarts"]], /checks\[0\].*must be one of: event-loop-lag/],
    ["no name", [{ ...restarts, name: undefined }], /checks\[0\]\.name is missing.* restarts --stack canary/],
    ["a name twice", [restarts, restarts], /gate\.checks is .*must not have a name twice/],
    [
      "nothing said of no data",
      [{ ...restarts, noData: undefined }],
      /^Pulumi\.canary\.yaml: nary:gate\.checks\[0\]\.noData is missing\. Mend it with: pulumi config set --path 'nary:gate\.checks\[0\]\.noData' wait --stack canary$/,
    ],
    ["another word for no data", [{ ...restarts, noData: "fine" }], /is "fine": it must be bad, wait or ok/],
    ["neither limit nor ratio", [lag], /checks\[0\] is .*it must have either limit or ratio/],
    ["both", [{ ...lag, limit: 1, ratio: 1 }], /it must have either limit or ratio/],
    [
      "a ratio of what is not compared",
      [{ ...restarts, ratio: 2 }],
      /checks\[0\]\.ratio is not a setting of the type "restarts"/,
    ],
    ["a part of a restart", [{ ...restarts, limit: 0.5 }], /limit is 0\.5: it must be a whole number/],
    ["a ratio of nothing", [{ ...lag, ratio: 0 }], /a number from 0\.001 to 1000/],
    [
      "a query without names, with nothing to compare with",
      [{ ...prometheus, query: "sum(errors)", ratio: 2 }],
      /query is "sum\(errors\)": it must have \$service, \$job or \$release in it, or an otherQuery/,
    ],
    ["another query without a ratio", [{ ...prometheus, limit: 1, otherQuery: "a" }], /it is for a ratio/],
    ["an empty query", [{ ...prometheus, limit: 1, query: " " }], /it must be a query in PromQL/],
    ["a name outside of quotes", [{ ...prometheus, limit: 1, query: "up{job=$job}" }], /quotes alone/],
    ["another scheme", [{ ...prometheus, limit: 1, address: "file:///etc" }], /the address of a Prometheus/],
    ["no address", [{ ...prometheus, limit: 1, address: "prometheus" }], /the address of a Prometheus/],
    ["a query in the address", [{ ...prometheus, limit: 1, address: "http://a/?b=c" }], /without user, pass/],
    [
      "a password in the stack's file",
      [{ ...prometheus, limit: 1, auth: { type: "bearer", token: "abc" } }],
      /auth\.tokenFrom is missing/,
    ],
    [
      "a secret from two places",
      [{ ...prometheus, limit: 1, auth: { type: "bearer", tokenFrom: { env: "A", file: "/b" } } }],
      /it must be where the gate finds it: \{ env: NAME \} or \{ file: \/path \}/,
    ],
    [
      "a beginning after the end",
      [{ ...restarts, afterSeconds: 3600 }],
      /afterSeconds is 3600: it must be below nary:gate\.limitSeconds, which is 3600/,
    ],
  ];
  for (const [what, checks, message] of refused) {
    it(`are refused with ${what}`, () => {
      assert.match(refusal({ gate: { checks } }), message);
    });
  }

  it("do not show a password in a refused address", () => {
    const said = refusal({
      gate: { checks: [{ ...prometheus, limit: 1, address: "http://me:hush@a:9090" }] },
    });
    assert.match(said, /without user, password/);
    assert.doesNotMatch(said, /hush/);
  });
});
