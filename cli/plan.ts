import { Command, InvalidArgumentError, Option } from "commander";
import { z } from "zod";
import { Interrupts } from "../gate/interrupts.ts";
import { plan } from "../gate/plan/plan.ts";
import { textOf } from "../gate/plan/text.ts";
import type { Event } from "../gate/tell/events.ts";
import { withContext } from "./open.ts";
import { optionsOf, withOptions } from "./options.ts";
import { releaseOf } from "./release.ts";
import { exitCodeOf, tellError } from "./run.ts";

const own = z.object({ seconds: z.number(), rates: z.array(z.number()) });

const mostSeconds = 3600;
const mostRates = 20;

const after = `
Nothing is deployed. Production's instances are asked for their counts twice, Nomad for a dry run of both jobs.
Exit status: 0 told, 1 a job has no room in the cluster, 2 wrong usage or settings, 4 something broke. docs/plan.md
says how the figures come about.
`;

export function planCommand(): Command {
  return withOptions(
    new Command("plan")
      .description("what a release has to expect: time, chances, room in the cluster")
      .argument("[image]", "what to release; what production runs unless given")
      .addOption(
        new Option("--seconds <n>", "between the two questions for production's counts")
          .default(10)
          .argParser(secondsOf),
      )
      .addOption(
        new Option("--rates <list>", "error rates of bad releases, with commas between them")
          .default([1e-2, 1e-3, 1e-4, 1e-5], "1e-2,1e-3,1e-4,1e-5")
          .argParser(ratesOf),
      ),
  )
    .addHelpText("after", after)
    .action(async (image: string | undefined, _options: unknown, command: Command) => {
      await told(image, command);
    });
}

async function told(image: string | undefined, command: Command): Promise<void> {
  const { seconds, rates } = own.parse(command.opts());
  const options = optionsOf(command);
  const tell = (event: Event) => {
    if (event.event === "warning") process.stderr.write(`nary: warning: ${event.why}\n`);
  };
  const interrupts = new Interrupts(tell);
  const interrupt = () => {
    interrupts.request();
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, interrupt);
  try {
    const release = image === undefined ? undefined : releaseOf(image);
    const found = await withContext(options, interrupts, tell, (context) =>
      plan(context, { release, seconds, rates }),
    );
    process.stdout.write(options.json ? `${JSON.stringify(found)}\n` : textOf(found));
    process.exitCode = found.room.some(({ room }) => room === "missing") ? 1 : 0;
  } catch (error) {
    process.stderr.write(`nary: ${tellError(error, options.verbose)}\n`);
    process.exitCode = interrupts.requested ? 130 : exitCodeOf(error);
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (text.trim() !== "" && seconds >= 1 && seconds <= mostSeconds) return seconds;
  throw new InvalidArgumentError(`It must be a number of seconds, 1 to ${mostSeconds}.`);
}

function ratesOf(text: string): number[] {
  const rates = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (rates.length <= mostRates && rates.every((rate) => rate > 0 && rate < 1)) return rates;
  throw new InvalidArgumentError(
    `It must be error rates above 0 and below 1, at most ${mostRates}, such as 1e-2,0.001.`,
  );
}
