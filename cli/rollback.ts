import { Command } from "commander";
import { z } from "zod";
import { rollback } from "../gate/rollback.ts";
import { optionsOf, withLocking } from "./options.ts";
import { releaseOf } from "./release.ts";
import { run } from "./run.ts";

const own = z.object({ to: z.string().optional(), reason: z.string().trim().default("") });

export function rollbackCommand(): Command {
  return withLocking(
    new Command("rollback")
      .description("bring production back to the release before, and take a canary away")
      .option("--to <image>", "to this release instead")
      .option("--reason <text>", "why; it is told and kept with your name"),
  ).action(async (_options: unknown, command: Command) => {
    const { to, reason } = own.parse(command.opts());
    await run(
      "rollback",
      optionsOf(command),
      async (open) => {
        const given = to === undefined ? undefined : releaseOf(to);
        const why = reason === "" ? "no reason was given" : reason;
        return await open((context) => rollback(context, { to: given, reason: why }));
      },
      to === undefined ? [] : ["--to", to],
    );
  });
}
