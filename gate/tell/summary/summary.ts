import type { Phase } from "../../../settings/status.ts";
import { many } from "../../decide/words.ts";
import { releaseIn, type Origin } from "../about.ts";
import type { End, Event, VerdictEvent } from "../events.ts";
import { endings } from "../lines.ts";
import { phaseAfter, type StackNames } from "../phase.ts";
import { sentenceOf } from "../verdict-lines.ts";
import { code, plain, table } from "./markdown.ts";

const mostWarnings = 20;

/** What is shown of a phase where it took its time. */
const parts: Readonly<Record<Phase, string>> = {
  "bring-up": "bringing the canary up",
  start: "waiting for its instances",
  watch: "watching it with traffic",
  promote: "rolling production out",
  bake: "watching production after that",
  "roll-back": "bringing production back",
  remove: "taking the canary away",
};

/** Collects what a command tells, for a page of Markdown at its end. */
export class Summary {
  #origin: Origin | undefined;
  #command = "";
  #stack = "";
  #release: string | undefined;
  #goal: string | undefined;
  #verdict: VerdictEvent | undefined;
  #promoted: Extract<Event, { event: "promoted" }> | undefined;
  #rollback: Extract<Event, { event: "rollback" }> | undefined;
  #record: string | undefined;
  #end: End | undefined;
  #stacks: StackNames | undefined;
  #phase: Phase = "start";
  #since: number;
  readonly #seconds = new Map<Phase, number>();
  readonly #warnings: string[] = [];

  /** @param now - milliseconds of a clock that never jumps */
  constructor(now: number) {
    this.#since = now;
  }

  setOrigin(origin: Origin, stacks: StackNames): void {
    this.#origin = origin;
    this.#stacks = stacks;
  }

  tell(event: Event, now: number): void {
    this.#release ??= releaseIn(event);
    this.#time(event, now);
    if (event.event === "start") {
      this.#command = event.command;
      this.#stack = event.stack;
    } else if (event.event === "watching") this.#goal = event.goal;
    else if (event.event === "verdict") this.#verdict = event;
    else if (event.event === "promoted") this.#promoted = event;
    else if (event.event === "rollback") this.#rollback = event;
    else if (event.event === "recording") this.#record = event.file;
    else if (event.event === "warning") this.#warnings.push(event.why);
    else if (event.event === "end") this.#end = event;
  }

  /** The page; it ends with an empty line, so that others can follow. */
  markdown(): string {
    const blocks = [
      this.#headline(),
      this.#end === undefined ? "" : plain(this.#end.why),
      table([["", ""], ...this.#facts()]),
      this.#verdict === undefined ? "" : evidenceTable(this.#verdict),
      this.#notes(),
      this.#times(),
    ];
    return `${blocks.filter((block) => block !== "").join("\n\n")}\n\n`;
  }

  #headline(): string {
    const what = this.#origin?.service ?? this.#stack;
    const how = this.#end === undefined ? "not ended" : endings[this.#end.exitCode];
    return `## ${plain(what)}: ${how}`;
  }

  #facts(): string[][] {
    const verdict = this.#verdict;
    const facts: [string, string | undefined][] = [
      ["command", code(`nary ${this.#command} -s ${this.#stack}`)],
      ["environment", this.#origin && plain(this.#origin.environment)],
      ["release", this.#release && code(this.#release)],
      ["production before", this.#promoted?.before ? code(this.#promoted.before) : undefined],
      [
        "production went back to",
        this.#rollback && `${code(this.#rollback.release)}: ${plain(this.#rollback.why)}`,
      ],
      ["goal", this.#goal && plain(this.#goal)],
      ["verdict", verdict && `**${verdict.verdict}**: ${plain(verdict.why)}`],
      ["decided by", verdict && plain(verdict.rule)],
      ["proved", verdict?.proves.map((proof) => plain(sentenceOf(proof))).join("<br>")],
      ["clients", verdict && plain(clients(verdict))],
      ["exit status", this.#end && String(this.#end.exitCode)],
      ["record", this.#record && code(this.#record)],
    ];
    return facts.flatMap(([name, text]) => (text === undefined || text === "" ? [] : [[name, text]]));
  }

  #notes(): string {
    const { allowed = [], unknown = [] } = this.#verdict?.evidence ?? {};
    const warnings = this.#warnings.slice(0, mostWarnings);
    const more = this.#warnings.length - warnings.length;
    return [
      ...allowed.map(
        ({ errors, fingerprint, reason }) =>
          `- allowed: ${many(errors, "error")} with the fingerprint ${code(fingerprint)}: ${plain(reason)}`,
      ),
      ...unknown.map((sentence) => `- not known: ${plain(sentence)}`),
      ...warnings.map((why) => `- warning: ${plain(why)}`),
      ...(more > 0 ? [`- ${many(more, "more warning")}`] : []),
    ].join("\n");
  }

  #times(): string {
    const rows = [...this.#seconds].map(([phase, seconds]) => [parts[phase], `${rounded(seconds)} s`]);
    if (this.#end !== undefined) rows.push(["**in all**", `**${this.#end.seconds} s**`]);
    return rows.length === 0 ? "" : table([["part", "time"], ...rows]);
  }

  #time(event: Event, now: number): void {
    const phase = phaseAfter(this.#phase, event, this.#stacks);
    // The time before the first event is that of what the command begins with.
    if (event.event !== "start" && (phase !== this.#phase || event.event === "end")) {
      const before = this.#seconds.get(this.#phase) ?? 0;
      this.#seconds.set(this.#phase, before + (now - this.#since) / 1000);
      this.#since = now;
    }
    this.#phase = phase;
  }
}

const rounded = (seconds: number) => Math.round(seconds * 10) / 10;

function clients({ evidence: { clientErrors } }: VerdictEvent): string {
  return clientErrors === null
    ? "no HAProxy could be asked how many failed answers of canaries they got"
    : `got ${many(clientErrors, "failed answer")} from canaries`;
}

function evidenceTable({ evidence: { canary, other, seconds } }: VerdictEvent): string {
  const sides = other === null ? [canary] : [canary, other];
  const row = (name: string, numbers: readonly number[]) => [name, ...numbers.map(String)];
  return table([
    [`in ${Math.round(seconds)} s with traffic`, "canary", ...(other === null ? [] : ["compared"])],
    row(
      "requests",
      sides.map(({ requests }) => requests),
    ),
    row(
      "failed",
      sides.map(({ failed }) => failed),
    ),
    row(
      "errors",
      sides.map(({ errors }) => errors),
    ),
  ]);
}
