import type { Acting } from "../gate/context.ts";
import { InterruptedError, PulumiError, reasonOf, SupersededError, UsageError } from "../gate/errors.ts";
import type { Ending } from "../gate/ending.ts";
import { Interrupts } from "../gate/interrupts.ts";
import { eventsVersion, exitCodes, type ExitCode, type Tell } from "../gate/tell/events.ts";
import { tellJson, tellLines } from "../gate/tell/teller.ts";
import { Tellers, type TellersOptions } from "../gate/tell/tellers.ts";
import { NaryError, SettingsError } from "../settings/errors.ts";
import { withLock } from "../gate/lock/with-lock.ts";
import { withJournal } from "../gate/journal/with-journal.ts";
import { withPeople } from "../gate/people/with-people.ts";
import { audienceOf } from "../gate/tell/audience.ts";
import type { Release } from "../settings/names.ts";
import { withContext } from "./open.ts";

export type Options = {
  stack: string;
  cwd: string;
  json: boolean;
  verbose: boolean;
  /** File of the record of what is seen. */
  record?: string | undefined;
  /** Whether to wait for whoever releases the service now. */
  wait: boolean;
  /** Whether a gate on another machine, whose lock is held, is known to have ended. */
  takeOver: boolean;
} & Pick<TellersOptions, "summary" | "metricsListen" | "metricsFile">;

/** Opens what a command works with, and closes it after the work. */
export type Open = (inside: (context: Acting) => Promise<Ending>) => Promise<Ending>;

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs a command that only one may run for a service at a time, from its start to its `end` event, and sets the exit
 * status. Never throws.
 *
 * @param words - what stands behind the command, as others are told who wait for it
 * @param newer - a release that may take the place of an older one
 */
export async function run(
  command: string,
  options: Options,
  work: (open: Open) => Promise<Ending>,
  words: readonly string[] = [],
  newer?: Release,
): Promise<void> {
  // Whoever read the output may have gone; the work goes on.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  const tellers = new Tellers({ ...options, screen: tellerOf(options), environment: process.env, onLate });
  const { tell, listen } = audienceOf(tellers.tell);
  const interrupts = new Interrupts(tell);
  const interrupt = () => {
    interrupts.request();
  };
  for (const signal of signals) process.on(signal, interrupt);
  const start = performance.now();
  const end = (ending: Ending) => {
    const seconds = Math.round((performance.now() - start) / 100) / 10;
    const { verdict, why, release, requests, errors, exitCode } = ending;
    tell({ event: "end", verdict, why, release, requests, errors, seconds, exitCode });
    process.exitCode = exitCode;
  };
  try {
    tell({ event: "start", version: eventsVersion, command, stack: options.stack });
    await tellers.listen();
    const { wait, takeOver } = options;
    const locking = { command: [command, ...words].join(" "), wait, takeOver, newer };
    const ending = await work((inside) =>
      withContext(options, interrupts, tell, async (context) => {
        const { environment, service, stacks, settings } = context;
        const origin = { environment: environment.name, service, stack: stacks.canary };
        tellers.settle(origin, stacks, settings.notify);
        return await withLock(context, locking, (locked) =>
          withJournal(locked, (journaled) => withPeople(journaled, locking.command, listen, inside)),
        );
      }),
    );
    const cut = interrupts.requested && ending.exitCode !== exitCodes.interrupted;
    end(cut ? { ...ending, why: finished(ending), exitCode: exitCodes.interrupted } : ending);
  } catch (thrown) {
    const error = expected(thrown, interrupts);
    const exitCode = exitCodeOf(error);
    if (exitCode !== exitCodes.interrupted)
      process.stderr.write(`nary: ${tellError(error, options.verbose)}\n`);
    end({ verdict: null, why: reasonOf(error), release: "", requests: 0, errors: 0, exitCode });
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
    await tellers.close();
  }
}

/** What is told after the end. */
function onLate(why: string): void {
  process.stderr.write(`nary: warning: ${why}\n`);
}

/** How an act ended that was finished in spite of an interruption. */
function finished({ verdict, release, why }: Ending): string {
  return `interrupted; what had begun was finished: ${verdict ?? "no verdict"} ${release}, ${why}`;
}

function tellerOf({ json, verbose }: Options): Tell {
  const { stdout } = process;
  const screen = {
    write: (text: string) => void stdout.write(text),
    terminal: stdout.isTTY,
    columns: stdout.isTTY ? stdout.columns : 80,
  };
  return json ? tellJson(screen) : tellLines(screen, verbose);
}

/** A wait that an interruption ended is no error of its own. */
function expected(thrown: unknown, interrupts: Interrupts): unknown {
  if (!interrupts.requested || thrown instanceof NaryError) return thrown;
  return new InterruptedError("nothing was deployed or destroyed", { cause: thrown });
}

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof SettingsError || error instanceof UsageError) return exitCodes.usage;
  if (error instanceof InterruptedError) return exitCodes.interrupted;
  if (error instanceof SupersededError) return exitCodes.inconclusive;
  return exitCodes.broken;
}

/** What went wrong, for people: one sentence, and with `--verbose` the causes and what Pulumi said. */
export function tellError(error: unknown, verbose: boolean): string {
  if (!verbose) return reasonOf(error);
  return `${reasonOf(error)}${causesOf(error)}`;
}

function causesOf(error: unknown): string {
  let text = "";
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    text += `\n  because ${cause.stack ?? cause.message}`;
    if (cause instanceof PulumiError && cause.output !== "") text += `\n${indented(cause.output)}`;
  }
  return text;
}

function indented(text: string): string {
  return text.replace(/^/gm, "  | ");
}
