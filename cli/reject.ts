import { Command } from "commander";
import { rejectByHand } from "../gate/reject.ts";
import { optionsOf, withLocking } from "./options.ts";
import { run } from "./run.ts";

export function rejectCommand(): Command {
  return withLocking(
    new Command("reject").description("take the canary away, and prove that it is gone (exit status 1)"),
  ).action(async (_options: unknown, command: Command) => {
    await run("reject", optionsOf(command), (open) => open(rejectByHand));
  });
}
