import { Command, InvalidArgumentError, Option } from "commander";
import { z } from "zod";
import { readEnded } from "../../gate/people/standing.ts";
import { pastLine } from "../../gate/people/standing-text.ts";
import { runForPeople } from "./people-command.ts";
import { reachOptionsOf, withReach } from "./reach.ts";

const own = z.object({ limit: z.int() });
const most = 1000;

const after = `
Exit status: 0, 2 wrong usage, 4 Consul cannot be reached.
Neither the project nor Pulumi is needed with --service. The last 50 releases are kept.
`;

export function historyCommand(): Command {
  return withReach(
    new Command("history").description(
      "releases that came to an end, the newest first: verdict, why, who, how long",
    ),
  )
    .addOption(new Option("--limit <n>", "how many").default(10).argParser(limitOf))
    .addHelpText("after", after)
    .action(async (_options: unknown, command: Command) => {
      const { limit } = own.parse(command.opts());
      const options = reachOptionsOf(command);
      await runForPeople(options, 130, async (reached, signal) => {
        for (const past of await readEnded(reached, limit, signal))
          process.stdout.write(`${options.json ? JSON.stringify(past) : pastLine(past)}\n`);
        return 0;
      });
    });
}

function limitOf(text: string): number {
  const limit = Number(text);
  if (/^\d+$/.test(text) && limit >= 1 && limit <= most) return limit;
  throw new InvalidArgumentError(`It must be a whole number, 1 to ${most}.`);
}
