import assert from "node:assert/strict";
import type { Standing } from "../../../../gate/people/standing.ts";
import { pastLine, standingLine, standingText } from "../../../../gate/people/standing-text.ts";
import { release } from "../../../../settings/names.ts";
import type { Past } from "../../../../settings/records.ts";
import { share } from "../../../../settings/share.ts";
import { statusOf } from "./statuses.ts";

const at = "2026-01-02T03:04:05.000Z";
const idle: Standing = {
  promoted: { release: "api:1", at },
  traffic: { state: "off" },
  runs: null,
  status: null,
  killed: null,
  ended: [],
};
const runs = { command: "release api:2", user: "ada", host: "one", pid: 7, since: at, ended: false };
const busy: Standing = {
  ...idle,
  runs,
  traffic: { state: "on", share: share.parse("5 %"), twin: false, markdown: true },
  status: statusOf({ requests: 7, errors: 1, seconds: 12.4, why: "7 of 100 requests" }),
};
const past: Past = {
  version: 1,
  release: release.parse("api:0"),
  verdict: "reject",
  why: "1 error in 9 requests",
  requests: 9,
  errors: 1,
  seconds: 4.5,
  people: [{ verb: "pause", by: "bob@two", why: "let us see", at }],
  at,
};
const rows = (standing: Standing) => standingText("api in default", standing).trimEnd().split("\n");

describe("how a service stands, in words", () => {
  it("says what production runs, and that nobody releases", () => {
    assert.deepEqual(rows({ ...idle, ended: [past] }), [
      "api in default",
      `  production  api:1, since ${at}`,
      "  canaries    traffic is off",
      "  gate        none runs",
      `  before      ${at} reject api:0 after 4.5 s: 1 error in 9 requests [pause by bob@two: let us see]`,
    ]);
    assert.match(rows({ ...idle, promoted: null })[1] ?? "", /nothing was promoted yet/);
    assert.match(standingLine({ ...idle, promoted: null }), /^production nothing; /);
    assert.deepEqual(rows({ ...idle, ended: [past, { ...past, people: undefined }] }).slice(-1), [
      `              ${at} reject api:0 after 4.5 s: 1 error in 9 requests`,
    ]);
    const [pause] = past.people ?? [];
    assert.ok(pause !== undefined);
    assert.match(pastLine({ ...past, people: [{ ...pause, why: null }] }), / \[pause by bob@two\]$/);
    assert.equal(
      standingLine({ ...idle, ended: [past] }),
      "production api:1; canaries' traffic off; none runs; last reject api:0",
    );
  });

  it("says who releases what, how far it is, and what it waits for", () => {
    assert.deepEqual(rows(busy).slice(2), [
      "  canaries    traffic is on, 5 % of all requests",
      `  gate        nary release api:2 of ada on one (process 7) since ${at}`,
      "  release     api:2",
      `  phase       watch: the canary is watched under traffic, since ${at}`,
      "  seen        7 requests, 1 error in 12 s: 7 of 100 requests",
    ]);
    const status = statusOf({
      paused: { by: "bob@two", since: at },
      waitsFor: { for: "approval", why: "it needs an approval" },
      step: { number: 2, of: 3, share: 0.1 },
    });
    const text = rows({ ...busy, status }).join("\n");
    assert.match(text, /phase {7}watch, step 2 of 3 \(10 %\): /);
    assert.match(text, /paused {6}by bob@two, since .*; nary resume/);
    assert.match(text, /waits for {3}it needs an approval/);
    assert.match(
      standingLine({ ...busy, status: { ...status, paused: null } }),
      /waits for approval: it needs/,
    );
    assert.equal(
      standingLine({ ...busy, ended: [past], status }),
      "production api:1; canaries' traffic on, 5 % of all requests; watch api:2; paused by bob@two",
    );
  });

  it("says as much as is known of a release that has just begun, and of traffic without a share", () => {
    const status = statusOf({ phase: "bring-up", release: null, step: { number: 1, of: 3, share: null } });
    const standing = { ...busy, traffic: { state: "on", twin: false, markdown: true } as const, status };
    assert.deepEqual(
      rows(standing).filter((row) => /^ {2}(canaries|release|phase|seen) /.test(row)),
      [
        "  canaries    traffic is on",
        "  release     not known yet",
        `  phase       bring-up, step 1 of 3: the canary is brought up, since ${at}`,
        "  seen        0 requests, 0 errors in 0 s",
      ],
    );
    assert.equal(
      standingLine(standing),
      "production api:1; canaries' traffic on; bring-up; 0 requests, 0 errors in 0 s",
    );
  });

  it("says of a gate that has ended with the lock that the next command takes it", () => {
    const standing = { ...idle, runs: { ...runs, ended: true } };
    assert.match(
      rows(standing)[3] ?? "",
      / since \S+ has ended without giving back the lock, which the next/,
    );
    assert.match(standingLine(standing), /; nary release api:2 of ada on one .* has ended without/);
  });

  it("says where a gate was killed, and that the next one goes on there", () => {
    const killed = { command: "release api:2", by: "ada@one", act: "promote", release: "api:2" } as const;
    assert.match(
      standingText("api", { ...idle, killed }),
      /a gate of ada@one \(nary release api:2\) was killed in promote of api:2; the next command goes on there/,
    );
    assert.match(
      standingText("api", { ...idle, killed: { ...killed, act: "remove", release: null } }),
      /was killed in remove; the next/,
    );
  });

  it("moves no cursor by what others wrote", () => {
    const why = "\u001b[2Jgone\nnext";
    for (const text of [
      pastLine({ ...past, why }),
      standingText("api", { ...busy, status: statusOf({ why }) }).replaceAll("\n", ""),
      standingLine({ ...busy, status: statusOf({ why }) }),
    ])
      assert.doesNotMatch(text, /\p{Cc}/u);
  });
});
