import { Command, Option } from "commander";
import { z } from "zod";
import { followStanding, readStanding, type Standing } from "../../gate/people/standing.ts";
import { standingLine, standingText } from "../../gate/people/standing-text.ts";
import { exitCodes } from "../../gate/tell/events.ts";
import { runForPeople } from "./people-command.ts";
import { reachOptionsOf, withReach, type Reached } from "./reach.ts";
import { redrawn } from "./redrawn.ts";

const own = z.object({ watch: z.boolean().default(false) });

/** Ended releases that are shown. */
const shown = 5;

const after = `
Exit status: 0, 2 wrong usage, 4 Consul cannot be reached.
Neither the project nor Pulumi is needed with --service. docs/people.md says what the lines mean.
`;

export function statusCommand(): Command {
  return withReach(
    new Command("status").description("what production runs, and how far a release is that is under way"),
  )
    .addOption(new Option("--watch", "go on until Ctrl-C, at each change"))
    .addHelpText("after", after)
    .action(async (_options: unknown, command: Command) => {
      const { watch } = own.parse(command.opts());
      const options = reachOptionsOf(command);
      await runForPeople(options, 0, async (reached, signal) => {
        if (watch) await follow(reached, options.json, signal);
        else process.stdout.write(textOf(reached, await readStanding(reached, shown, signal), options.json));
        return exitCodes.promoted;
      });
    });
}

async function follow(reached: Reached, json: boolean, signal: AbortSignal): Promise<void> {
  const { stdout } = process;
  let last = "";
  const redraw = redrawn(stdout);
  const show = (standing: Standing) => {
    if (stdout.isTTY && !json) {
      redraw(textOf(reached, standing, json));
      return;
    }
    const line = json ? textOf(reached, standing, json) : `${standingLine(standing)}\n`;
    if (line !== last) stdout.write(line);
    last = line;
  };
  await followStanding(reached, shown, signal, show, (why) => {
    process.stderr.write(`nary: ${why}; trying again\n`);
  });
}

function textOf({ service, environment }: Reached, standing: Standing, json: boolean): string {
  if (json) return `${JSON.stringify({ service, environment, ...standing })}\n`;
  return standingText(`${service} in ${environment}`, standing);
}
