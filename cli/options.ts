import { resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
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
  summary: z.string().optional(),
  metricsListen: z.object({ host: z.string(), port: z.number() }).optional(),
  metricsFile: z.string().optional(),
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
    )
    .addOption(
      new Option("--summary <file>", "append a summary in Markdown at the end (docs/notify.md)").argParser(
        wholePath,
      ),
    )
    .addOption(
      new Option(
        "--metrics-listen <where>",
        "let a Prometheus scrape this while it runs: a port of loopback, or host:port",
      ).argParser(listenOf),
    )
    .addOption(
      new Option(
        "--metrics-file <file>",
        "keep metrics in this file, for node_exporter's textfile collector",
      ).argParser(wholePath),
    );
}

const wholePath = (path: string) => resolve(path);

/** @throws InvalidArgumentError for what is no port and no host with a port */
function listenOf(where: string): { host: string; port: number } {
  const [, bracketed, named, digits] =
    /^(?:(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+)):)?(\d{1,5})$/.exec(where) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535)
    throw new InvalidArgumentError(
      "It must be a port, such as 9464, or host:port, such as 0.0.0.0:9464 or [::1]:9464.",
    );
  return { host: bracketed ?? named ?? "127.0.0.1", port };
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
