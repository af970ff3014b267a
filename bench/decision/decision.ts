import { setImmediate } from "node:timers/promises";
import type { Say } from "../../demo/say.ts";
import type { Found } from "../main.ts";
import { randomFrom } from "./failures.ts";
import { ours, promised } from "./ours.ts";
import { outcomeOf, type Outcome } from "./outcome.ts";
import { argo } from "./peers/argo.ts";
import { kayenta } from "./peers/kayenta.ts";
import type { Peer } from "./peers/peer.ts";
import { seed } from "./peers/seed.ts";
import { flagger, releaseController } from "./peers/stepwise.ts";
import { background, releases, type Release } from "./releases.ts";
import { betterPeers, brokenPromises, percent, rowOf, type Row } from "./rows.ts";

const peers: readonly Peer[] = [
  seed,
  argo(0),
  argo(3),
  flagger(1),
  flagger(5),
  releaseController(1),
  releaseController(5),
  kayenta,
];

/** Kayenta sorts tens of thousands of differences for each judgement: it gets one run of so many. */
const rareRuns = 20;
/** Runs after which an interruption is heard. */
const breath = 200;

type Options = { runs: number; signal: AbortSignal; say: Say };

const promisedNames = new Set(ours.filter(({ isPromised }) => isPromised).map(({ name }) => name));

/** Simulates each release under each rule, always with the same chance. */
export async function runDecision(options: Options): Promise<Found> {
  const { runs, say } = options;
  const rows: Row[] = [];
  const theirs: Row[] = [];
  const broken: string[] = [];
  for (const release of releases) {
    say(`${release.name} (${release.truth})`);
    const rowsOf = async (name: string, times: number, run: Run) =>
      rowOf(
        { policy: name, release: release.name, truth: release.truth },
        await outcomes(options, times, release, run),
      );
    const others: Row[] = [];
    for (const peer of peers) {
      const times = peer === kayenta ? Math.ceil(runs / rareRuns) : runs;
      others.push(
        await rowsOf(peer.name, times, ({ scenario }, random) => outcomeOf(peer, scenario, random)),
      );
    }
    for (const { name, isPromised, run } of ours) {
      const row = await rowsOf(name, runs, run);
      const isUnfair = release.isFresh === true && name !== "nary:baseline+twin";
      if (isUnfair) row.notes.push("a fresh canary is compared with a warm production: a twin is for that");
      if (isPromised && !isUnfair) broken.push(...brokenPromises(row));
      rows.push(row);
    }
    theirs.push(...others);
  }
  for (const row of rows.filter(({ policy }) => promisedNames.has(policy)))
    row.notes.push(...betterPeers(row, theirs));
  const all = [...rows, ...theirs];
  return {
    object: { rows: all, ...promised },
    lines: [...lines(all), ...broken],
    ok: broken.length === 0,
  };
}

type Run = (release: Release, random: ReturnType<typeof randomFrom>) => Outcome;

async function outcomes({ signal }: Options, times: number, release: Release, run: Run): Promise<Outcome[]> {
  const random = randomFrom(11);
  const found: Outcome[] = [];
  for (let index = 0; index < times; index++) {
    found.push(run(release, random));
    if (index % breath !== 0) continue;
    await setImmediate();
    signal.throwIfAborted();
  }
  return found;
}

/** Tables in Markdown, as docs/decision-bench.md has them. */
function lines(rows: readonly Row[]): string[] {
  const { alpha, beta, confidence } = promised;
  const head =
    `Production fails ${percent(background)} of its requests. Promised by nary:baseline: falseReject at most ${percent(alpha)}, ` +
    `falsePromote at most ${percent(beta + 1 - confidence)}.`;
  return [head, ...releases.flatMap((release) => table(release, rows))];
}

function table({ name, truth }: Release, rows: readonly Row[]): string[] {
  const own = rows.filter((row) => row.release === name);
  const wrong = { good: "rejected", bad: "promoted", between: "" }[truth];
  return [
    "",
    `### ${name} (${truth})`,
    "",
    `| rule | ${wrong === "" ? "wrong" : `wrongly ${wrong}`} | inconclusive | requests | seconds | failed requests | runs |`,
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...own.map(({ policy, falseReject, falsePromote, ...row }) => {
      const part = falseReject ?? falsePromote;
      const cells = [policy, part === null ? "–" : percent(part), percent(row.inconclusive)];
      return `| ${[...cells, row.requests, row.seconds, row.clientErrors, row.runs].join(" | ")} |`;
    }),
    ...own.flatMap(({ policy, notes }) =>
      notes.length === 0 ? [] : ["", `${policy}: ${notes.join("; ")}.`],
    ),
  ];
}
