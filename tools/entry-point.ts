import { ToolchainError } from "./toolchain/index.ts";

const brokenExit = 4;

/** Runs a command-line program: what can be expected to go wrong is told in one message, without a stack. */
export async function runEntryPoint(work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (error) {
    if (!(error instanceof ToolchainError)) throw error;
    process.stderr.write(`tools: ${error.message}\n`);
    process.exitCode = brokenExit;
  }
}
