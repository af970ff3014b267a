import { Command } from "commander";
import { z } from "zod";
import type { Rules } from "../gate/decide/rules.ts";
import type { Verdict } from "../gate/decide/verdict.ts";
import { UsageError } from "../gate/errors.ts";
import type { Start } from "../gate/record/lines.ts";
import { readRecord } from "../gate/record/read.ts";
import { Replay, type Replayed } from "../gate/record/replay.ts";
import { policyGiven } from "./policy-given.ts";
import { exitCodeOf, tellError } from "./run.ts";

const options = z.object({
  policy: z.string().optional(),
  json: z.boolean().default(false),
  verbose: z.boolean().default(false),
});
type Options = z.infer<typeof options>;

const after = `
Exit status: 0 the same verdict again, or another policy was given; 1 another verdict, or none; 2 wrong usage, or no record.
Neither Consul, Nomad nor Pulumi is asked. docs/replay.md says what a record holds and where they are.
`;

export function replayCommand(): Command {
  return new Command("replay")
    .description("decide again from a record of what a gate saw")
    .argument("<file>", "the record")
    .option("--policy <policy>", "by another policy: JSON, or a YAML file")
    .option("--json", "events as JSON, one a line")
    .option("--verbose", "show the causes of an error")
    .addHelpText("after", after)
    .action(async (file: string, _options: unknown, command: Command) => {
      const given = options.parse(command.opts());
      try {
        process.exitCode = await replay(file, given);
      } catch (error) {
        process.stderr.write(`nary: ${tellError(error, given.verbose)}\n`);
        process.exitCode = exitCodeOf(error);
      }
    });
}

/** What is told on the way. */
type Told =
  | { event: "start"; file: string; record: Omit<Start, "rules" | "record" | "version"> }
  | { event: "verdict"; verdict: Verdict["type"]; seconds: number; why: string; rule: string | null }
  | { event: "traffic"; state: "on" | "off" }
  | { event: "recorded"; verdict: string; why: string; same: boolean }
  | { event: "warning"; why: string }
  | { event: "end"; same: boolean | null; verdict: Verdict["type"] | null; why: string; exitCode: number };

async function replay(file: string, given: Options): Promise<number> {
  const policy = given.policy === undefined ? undefined : await policyGiven(given.policy);
  const tell = (told: Told) => {
    process.stdout.write(`${given.json ? JSON.stringify(told) : lineOf(told)}\n`);
  };
  const { start, lines, isCut } = await readRecord(file);
  const { environment, service, release, at } = start;
  tell({ event: "start", file, record: { environment, service, release, at } });
  const rules: Rules = policy === undefined ? start.rules : { ...start.rules, policy };
  const decided = new Replay(rules);
  let compared: { same: boolean } | undefined;
  let isWithoutOther = false;
  for await (const line of lines) {
    isWithoutOther ||= line.record === "observation" && line.other === null;
    const replayed = decided.see(line);
    if (replayed === undefined) continue;
    tell(toldOf(replayed));
    if (replayed.type === "compared")
      compared = { same: replayed.same && (compared === undefined || compared.same) };
  }
  if (isCut()) tell({ event: "warning", why: "the last line is cut; all before it was read" });
  if (policy?.type === "baseline" && isWithoutOther)
    tell({
      event: "warning",
      why: "some observations have nothing to compare with: the gate did not count it",
    });
  const { last } = decided;
  if (last === undefined)
    throw new UsageError(`${file} has no observation: there is nothing to decide from.`);
  const { exitCode, why } = ending(compared, policy !== undefined);
  const same = policy === undefined && compared !== undefined ? compared.same : null;
  tell({ event: "end", same, verdict: last.type, why, exitCode });
  return exitCode;
}

function ending(compared: { same: boolean } | undefined, isOther: boolean): { exitCode: 0 | 1; why: string } {
  if (isOther) return { exitCode: 0, why: "decided by another policy than the gate's" };
  if (compared === undefined) return { exitCode: 1, why: "the record ends before a verdict" };
  return compared.same
    ? { exitCode: 0, why: "the same verdict, bit for bit" }
    : { exitCode: 1, why: "not the verdict that was recorded" };
}

function toldOf(replayed: Replayed): Told {
  switch (replayed.type) {
    case "verdict": {
      const { verdict } = replayed;
      const rule = verdict.type === "wait" ? null : verdict.rule;
      const { type, why, evidence } = verdict;
      return { event: "verdict", verdict: type, seconds: evidence.seconds, why, rule };
    }
    case "traffic":
      return { event: "traffic", state: replayed.state };
    case "compared": {
      const { type, why } = replayed.recorded;
      return { event: "recorded", verdict: type, why, same: replayed.same };
    }
  }
}

function lineOf(told: Told): string {
  switch (told.event) {
    case "start": {
      const { service, environment, release, at } = told.record;
      return `${service} in ${environment}, ${release}, watched from ${at}`;
    }
    case "verdict":
      return `after ${Math.round(told.seconds * 10) / 10} s: ${told.verdict}: ${told.why}`;
    case "traffic":
      return `traffic to the canaries is ${told.state}`;
    case "recorded":
      return `recorded here: ${told.verdict}: ${told.why}`;
    case "warning":
      return `warning: ${told.why}`;
    case "end":
      return `${told.verdict ?? "no verdict"}: ${told.why}`;
  }
}
