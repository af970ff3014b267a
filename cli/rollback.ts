import { Command } from "commander";
import { z } from "zod";
import { rollback } from "../gate/rollback.ts";
import { optionsOf, withLocking } from "./options.ts";
import { releaseOf } from "./release.ts";
import { run } from "./run.ts";

const own = z.object({ to: z.string().optional(), why: z.string().trim().default("") });

export function rollbackCommand(): Command {
  return withLocking(
    new Command("rollback")
      .description("bring production back to the release before, and take a canary away")
      .option("--to <image>", "to this release instead")
      .option("--why <text>", "why; it is told and kept with your name"),
  ).action(async (_options: unknown, command: Command) => {
    const { to, why: given } = own.parse(command.opts());
    await run(
      "rollback",
      optionsOf(command),
      async (open) => {
        const wanted = to === undefined ? undefined : releaseOf(to);
        const reason = given === "" ? "no reason was given" : given;
        return await open((context) => rollback(context, { to: wanted, reason }));
      },
      to === undefined ? [] : ["--to", to],
    );
  });
}
