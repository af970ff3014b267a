#!/usr/bin/env node
import { CommanderError, type Command } from "commander";
import { exitCodes } from "../gate/tell/events.ts";
import { program } from "./program.ts";

/** Commander ends the process by itself with 1; here it is to throw instead. */
function throwing(command: Command): Command {
  command.exitOverride();
  command.commands.forEach(throwing);
  return command;
}

async function main(): Promise<void> {
  try {
    await throwing(program()).parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has said what it is about: help and version end well, all else is wrong usage.
    process.exitCode = error.exitCode === 0 ? 0 : exitCodes.usage;
  }
}

void main();
