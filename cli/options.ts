import { Command, Option } from "commander";
import { z } from "zod";
import type { Options } from "./run.ts";

const options = z.object({
  stack: z.string(),
  cwd: z.string(),
  json: z.boolean().default(false),
  verbose: z.boolean().default(false),
  record: z.string().optional(),
  wait: z.boolean().default(false),
  takeOver: z.boolean().default(false),
});

/** The options that all commands have. */
export function withOptions(command: Command): Command {
  return command
    .addOption(new Option("-s, --stack <stack>", "the canary's stack").default("canary"))
    .addOption(new Option("-C, --cwd <folder>", "the folder of the Pulumi project").default("."))
    .addOption(new Option("--json", "events as JSON, one a line"))
    .addOption(new Option("--verbose", "show Pulumi's output, and the causes of an error"));
}

/** The options of the commands that only one may run for a service at a time, beside those that all have. */
export function withLocking(command: Command): Command {
  return withOptions(command)
    .addOption(new Option("--wait", "wait for whoever releases this service now, instead of ending with 4"))
    .addOption(
      new Option(
        "--take-over",
        "take the lock of a gate on another machine that has ended without giving it back",
      ),
    );
}

/** The option of the commands that watch. */
export function withRecord(command: Command): Command {
  return command.addOption(
    new Option("--record <file>", "write what is seen to this file, for `nary replay` (docs/replay.md)"),
  );
}

export function optionsOf(command: Command): Options {
  return options.parse(command.opts());
}
