import assert from "node:assert/strict";
import { misses } from "../../../../bench/decision/goals.ts";
import { nary } from "../../../../bench/decision/nary.ts";
import { withNotes } from "../../../../bench/decision/notes.ts";
import { peers } from "../../../../bench/decision/peers/peers.ts";
import { releases, type Release } from "../../../../bench/decision/releases.ts";
import { lineOf, rowOf, type Row } from "../../../../bench/decision/rows.ts";
import { simulate, type Sums } from "../../../../bench/decision/simulate.ts";
import { policy, type Baseline } from "../../../../settings/policy.ts";

function limits(): Baseline {
  const usual = policy.parse({ type: "baseline" });
  assert.ok(usual.type === "baseline");
  return usual;
}

function named<Item extends { name: string }>(list: readonly Item[], name: string): Item {
  const found = list.find((item) => item.name === name);
  assert.ok(found !== undefined, name);
  return found;
}

const runs = 1000;
const sums = (promoted: number, rejected: number, requests = 5): Sums => ({
  promoted,
  rejected,
  inconclusive: runs - promoted - rejected,
  requests: requests * runs,
  seconds: 10 * runs,
  clientErrors: 2 * runs,
});

describe("a row of the bench of decisions", () => {
  const ours = named(nary, "nary:baseline");
  const theirs = named(peers, "flagger 99 %, threshold 5");
  const good = named(releases, "as often");
  const bad = named(releases, "twice as often");

  it("counts what is wrong for a release like that, as parts of the runs", () => {
    const row = (truth: Row["truth"]) => rowOf(ours, good, truth, runs, { policy: sums(700, 200) });
    const means = { promoted: 0.7, requests: 5, seconds: 10, clientErrors: 2, runs };
    const common = { policy: "nary:baseline", release: "as often", inconclusive: 0.1, ...means };
    assert.deepEqual(row("good"), { ...common, truth: "good", falseReject: 0.2, falsePromote: 0 });
    assert.deepEqual(row("bad"), { ...common, truth: "bad", falseReject: 0, falsePromote: 0.7 });
    assert.deepEqual(row("between"), { ...common, truth: "between", falseReject: 0, falsePromote: 0 });
  });

  it("says where nary:baseline is worse on the same requests, and what the peer pays", () => {
    const rows = [
      rowOf(theirs, good, "good", runs, { policy: sums(1000, 0, 50), nary: sums(995, 5) }),
      rowOf(theirs, bad, "bad", runs, { policy: sums(400, 600), nary: sums(10, 900) }),
    ];
    const [first, second] = withNotes(rows, limits());
    assert.match(
      first?.note ?? "",
      /rejects 0\.5 % of these, within the 1 % .*; this policy takes 50 requests where nary:baseline takes 5 and promotes 40 % of "twice as often"$/,
    );
    assert.equal(second?.note, undefined);
    assert.deepEqual(second?.nary, { falseReject: 0, falsePromote: 0.01, inconclusive: 0.09, requests: 5 });
    assert.match(
      first === undefined ? "" : lineOf(first),
      /^flagger.* as often +good +rejected 0 % .*nary:base/,
    );
  });

  it("says so of bad releases, too, and where nothing shows why", () => {
    const rows = [rowOf(theirs, bad, "bad", runs, { policy: sums(0, 1000), nary: sums(80, 900) })];
    const [first] = withNotes(rows, limits());
    assert.match(first?.note ?? "", /promotes 8 % of these, above the 6 % that .*; what this policy pays/);
  });

  it("is a miss of nary:baseline's where it is wrong more often than chance makes it", () => {
    const missed = (release: Release, truth: Row["truth"], result: Sums) =>
      misses(rowOf(ours, release, truth, runs, { policy: result }), release, limits()).length;
    assert.equal(missed(good, "good", sums(980, 20)), 0);
    assert.equal(missed(good, "good", sums(970, 30)), 1);
    assert.equal(missed(bad, "bad", sums(80, 900)), 0);
    assert.equal(missed(bad, "bad", sums(100, 900)), 1);
    assert.equal(missed(good, "good", sums(900, 0)), 1);
    assert.equal(missed(bad, "bad", sums(0, 900)), 0);
    assert.equal(missed(named(releases, "as often, quiet service"), "good", sums(900, 0)), 0);
  });
});

describe("a simulated release", () => {
  const kayenta = named(peers, "kayenta Mann–Whitney");
  const bad = named(releases, "10 times as often");

  it("is judged by a peer, and by nary:baseline on the same requests", () => {
    const { policy, nary } = simulate(kayenta, bad, 3);
    assert.equal(policy.rejected, 3);
    assert.equal(policy.seconds, 3 * 3600);
    assert.equal(nary?.rejected, 3);
    assert.ok(nary.requests < policy.requests);
  });

  it("comes to the same again", () => {
    const ours = named(nary, "nary:baseline");
    const first = simulate(ours, bad, 5);
    assert.deepEqual(simulate(ours, bad, 5), first);
    assert.equal(first.nary, undefined);
    assert.equal(first.policy.rejected, 5);
    assert.ok(first.policy.clientErrors > 0);
  });
});
