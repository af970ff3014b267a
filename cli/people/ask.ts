import { randomUUID } from "node:crypto";
import { Command, Option } from "commander";
import { z } from "zod";
import { UsageError } from "../../gate/errors.ts";
import { whoAmI } from "../../gate/lock/holder.ts";
import { ask } from "../../gate/people/ask.ts";
import { exitCodes } from "../../gate/tell/events.ts";
import { reason } from "../../settings/control.ts";
import type { Verb } from "../../settings/verbs.ts";
import { runForPeople } from "./people-command.ts";
import { reachOptionsOf, withReach } from "./reach.ts";

const own = z.object({ why: z.string().optional(), now: z.boolean().default(false) });

const after = `
Exit status: 0 the gate does it; 2 wrong usage; 4 no gate runs, it did not answer in 10 s, or it refuses: nothing changed.
Neither the project nor Pulumi is needed with --service. docs/people.md has examples.
`;

const why = () => new Option("--why <text>", "why, in one line; kept with the release");

/** The commands by which people ask something of a gate that runs. */
export const askCommands = (): Command[] => [
  askCommand("pause", "hold the release that is watched where it is"),
  askCommand("resume", "let a paused release go on"),
  askCommand("promote", "approve the step that a release waits with, or promote it now").addOption(
    new Option("--now", "without the rest of the evidence, which needs --why"),
  ),
  askCommand("abort", "end the release as rejected; production goes back where it was under way"),
];

function askCommand(verb: Verb, description: string): Command {
  return withReach(new Command(verb).description(description))
    .addOption(why())
    .addHelpText("after", after)
    .action(async (_options: unknown, command: Command) => {
      const given = own.parse(command.opts());
      const options = reachOptionsOf(command);
      await runForPeople(options, exitCodes.interrupted, async (reached, signal) => {
        const { by } = whoAmI();
        const asked = { id: randomUUID(), verb, by, why: reasonOf(verb, given) };
        const now = given.now ? { now: true } : {};
        const answer = await ask(reached, { ...asked, ...now }, signal);
        const { service, environment } = reached;
        if (options.json) {
          const told = { verb, service, environment, by, done: answer.done, answer: answer.why };
          process.stdout.write(`${JSON.stringify(told)}\n`);
        } else if (answer.done) process.stdout.write(`${service} in ${environment}: ${answer.why}\n`);
        if (!answer.done) process.stderr.write(`nary: The gate refuses to ${verb}: ${answer.why}.\n`);
        return answer.done ? 0 : exitCodes.broken;
      });
    });
}

function reasonOf(verb: Verb, given: z.output<typeof own>): string | null {
  if (given.why === undefined) {
    if (!given.now) return null;
    throw new UsageError("nary promote --now needs --why TEXT: the reason is kept with the release.");
  }
  const parsed = reason.safeParse(given.why);
  if (parsed.success) return parsed.data;
  throw new UsageError(`--why of nary ${verb} ${parsed.error.issues[0]?.message ?? "cannot be used"}.`);
}
