import assert from "node:assert/strict";
import { checkLimits, defaultLimits, exceededBy, limitsBy } from "../../../app/limits/limits.ts";
import { OnceIn } from "../../../app/limits/once-in.ts";
import { slackAlerts, teamAlerts, webhookAlerts } from "../../../app/limits/sinks.ts";
import { costAlert, stallAlert } from "../../../app/limits/alert.ts";

const nothing = { queries: 0, items: 0, durationMs: 0, longestMs: 0 };

describe("the limits of a request's cost", () => {
  const options = {
    limits: { queries: 100 },
    teamLimits: { reading: { queries: 50, items: 10 } },
    routeLimits: { "GET /classes": { queries: 1000 } },
  };

  it("are a route's own, else its team's, else those of all, else the defaults", () => {
    assert.deepEqual(limitsBy({})({ route: "GET /", team: "reading" }), defaultLimits);
    assert.equal(limitsBy(options)({ route: undefined, team: undefined }).queries, 100);
    assert.equal(limitsBy(options)({ route: "GET /", team: "reading" }).queries, 50);
    const own = limitsBy(options)({ route: "GET /classes", team: "reading" });
    assert.deepEqual([own.queries, own.items, own.longestMs], [1000, 10, defaultLimits.longestMs]);
  });

  it("are exceeded by more than they say, and by each metric for itself", () => {
    const limits = { queries: 5, items: 7 };
    assert.deepEqual(exceededBy({ ...nothing, queries: 5, items: 7, longestMs: 1e9 }, limits), []);
    assert.deepEqual(exceededBy({ ...nothing, queries: 6, items: 8 }, limits), [
      { metric: "queries", value: 6, limit: 5 },
      { metric: "items", value: 8, limit: 7 },
    ]);
  });

  it("are refused where they are none, by their place in the options", () => {
    checkLimits(options);
    checkLimits({ limits: { queries: Infinity } });
    assert.throws(() => {
      checkLimits({ routeLimits: { "GET /": { items: NaN } } });
    }, /^TypeError: routeLimits\["GET \/"\]\.items is NaN: it must be a number, at least 0\.$/);
    assert.throws(() => {
      checkLimits({ teamLimits: { reading: { longestMs: -1 } } });
    }, /teamLimits\.reading\.longestMs is -1/);
  });
});

describe("what is told once in a period", () => {
  it("passes for each kind, and then tells how many were held back", () => {
    const once = new OnceIn(1_000);
    assert.deepEqual(
      [once.pass("one", 0), once.pass("one", 1), once.pass("other", 2), once.pass("one", 999)],
      [0, undefined, 0, undefined],
    );
    assert.deepEqual([once.pass("one", 1_000), once.pass("one", 2_500)], [2, 0]);
  });

  it("forgets the oldest of too many kinds, and no other", () => {
    const once = new OnceIn(1_000_000);
    for (let kind = 0; kind <= 1_000; kind++) once.pass(`kind ${kind}`, kind);
    assert.equal(once.pass("kind 1", 2_000), undefined);
    assert.equal(once.pass("kind 0", 2_000), 0);
  });
});

describe("where alerts go", () => {
  const alert = stallAlert({ stallMs: 2_000, cpuMs: 2_000, open: 0, requests: [] }, 3);

  it("is the team's own place, or that of all others", () => {
    const told: string[] = [];
    const to = (where: string) => () => told.push(where);
    const send = teamAlerts({ reading: to("reading") }, to("others"));
    for (const team of ["reading", "toString", null]) send({ ...alert, team });
    assert.deepEqual(told, ["reading", "others", "others"]);
  });

  it("is refused where it is no URL, or with a secret that is none, and neither is shown", () => {
    assert.throws(
      () => slackAlerts("hooks.example/T0KEN"),
      /^TypeError: (?!.*T0KEN).*must begin with https:\/\//,
    );
    assert.throws(
      () => webhookAlerts({ url: "https://hooks.example", secret: "hush" }),
      /^TypeError: (?!.*hush).*must be whsec_ and 24 to 64 bytes/,
    );
  });

  it("gets words that say where so many queries were begun, and when their time is more than the request's", () => {
    const report = {
      ...{ route: "GET /classes", area: null, team: "core", requestMs: 150, databases: {}, slowest: [] },
      ...{ queries: 151, items: 300, durationMs: 14_150, longestMs: 136 },
      stacks: {
        first: null,
        loop: "at studentOf (file:///srv/student.ts:19:68)\nat file:///srv/classes.ts:23:45",
      },
    };
    const queries = { metric: "queries", value: 151, limit: 100 } as const;
    const durationMs = { metric: "durationMs", value: 14_150, limit: 10_000 } as const;
    assert.equal(
      costAlert(report, [queries, durationMs], 0).text,
      "One request of GET /classes made 151 queries (limit 100), begun at studentOf (file:///srv/student.ts:19:68), " +
        "spent 14.2 s in queries side by side (limit 10.0 s).",
    );
    assert.equal(
      costAlert({ ...report, requestMs: 20_000 }, [durationMs], 0).text,
      "One request of GET /classes spent 14.2 s in queries (limit 10.0 s).",
    );
  });

  it("gets words that say what was held back, also where no request was open", () => {
    assert.equal(
      alert.text,
      "The event loop stood still for 2.0 s: no request was open (and 3 more since the last alert).",
    );
    assert.equal(alert.team, null);
  });
});
