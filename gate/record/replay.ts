import { isDeepStrictEqual } from "node:util";
import { Judge } from "../decide/judge.ts";
import type { Rules } from "../decide/rules.ts";
import type { Verdict } from "../decide/verdict.ts";
import type { Line, RecordedVerdict } from "./lines.ts";

/** What came out of deciding again. */
export type Replayed =
  /** A verdict of another type, a final one with another reason, or a wait in another step or for another person. */
  | { type: "verdict"; verdict: Verdict }
  | { type: "traffic"; state: "on" | "off" }
  /** What was decided at this moment, and what the same observations give now. */
  | { type: "compared"; recorded: RecordedVerdict; verdict: Verdict | undefined; same: boolean };

/** Decides again from what was observed, line by line. */
export class Replay {
  readonly #judge: Judge;
  #last: Verdict | undefined;

  constructor(rules: Rules) {
    this.#judge = new Judge(rules);
  }

  /** The verdict on the last observation; undefined before the first. */
  get last(): Verdict | undefined {
    return this.#last;
  }

  /** What the line changes; undefined when nothing. */
  see(line: Line): Replayed | undefined {
    switch (line.record) {
      case "observation": {
        const before = this.#last;
        const verdict = this.#judge.see(line);
        this.#last = verdict;
        return isNews(before, verdict) ? { type: "verdict", verdict } : undefined;
      }
      case "traffic":
        return { type: "traffic", state: line.state };
      case "verdict":
        return {
          type: "compared",
          recorded: line,
          verdict: this.#last,
          same: isSame(line, this.#last),
        };
    }
  }
}

function isNews(before: Verdict | undefined, now: Verdict): boolean {
  if (before?.type !== now.type) return true;
  if (now.type === "wait" && before.type === "wait")
    return now.step !== before.step || now.waitsFor !== before.waitsFor || now.extended !== before.extended;
  if (now.type === "wait" || before.type === "wait") return false;
  return before.rule !== now.rule;
}

/** Rules by which the gate decides apart from what was observed: canaries that never came up, or were taken away. */
const apart: ReadonlySet<string> = new Set(["start", "stopped"]);

/** Whether both are the same in every field. */
function isSame(recorded: RecordedVerdict, now: Verdict | undefined): boolean {
  if (now === undefined) return false;
  const { record, at, rule } = recorded;
  if (isDeepStrictEqual(recorded, asRead({ record, at, ...now }))) return true;
  return (
    apart.has(rule) && now.type !== "promote" && isDeepStrictEqual(recorded.evidence, asRead(now.evidence))
  );
}

/** As it comes back from a file, where a field that is undefined is missing. */
function asRead(value: object): unknown {
  return JSON.parse(JSON.stringify(value));
}
