import { Command } from "commander";
import { gateByItself } from "../gate/gate.ts";
import { optionsOf, withLocking, withRecord } from "./options.ts";
import { run } from "./run.ts";

export function gateCommand(): Command {
  return withRecord(
    withLocking(
      new Command("gate").description("watch the canary that is up, then promote it or take it away"),
    ),
  ).action(async (_options: unknown, command: Command) => {
    await run("gate", optionsOf(command), (open) => open(gateByItself));
  });
}
