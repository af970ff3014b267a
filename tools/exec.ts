import { join } from "node:path";
import { runEntryPoint } from "./entry-point.ts";
import { runInPlace } from "./shared/child.mjs";
import { ensureTools, pulumiTools, toolEnvironment } from "./toolchain/index.ts";

const usageExit = 2;
const cli = join(import.meta.dirname, "..", "cli", "main.ts");

/** Reading how a command is used must not cost the making of the tools. */
const asksForHelp = (args: readonly string[]) =>
  args.length === 0 || args.includes("--help") || args.includes("-h");

/** The command line of what is to be run. */
function commandLine(program: string, args: readonly string[]): [string, ...string[]] | undefined {
  switch (program) {
    case "pulumi":
      return ["pulumi", ...args];
    case "nary":
      return [process.execPath, cli, ...args];
    default:
      return undefined;
  }
}

await runEntryPoint(async () => {
  const [program = "", ...args] = process.argv.slice(2);
  const line = commandLine(program, args);
  if (line === undefined) {
    process.stderr.write("tools: exec.ts runs pulumi or nary: npm run pulumi -- …, npm run nary -- …\n");
    return usageExit;
  }
  const needed = program === "nary" && asksForHelp(args) ? [] : pulumiTools;
  const environment = toolEnvironment(await ensureTools(needed));
  const [command, ...rest] = line;
  return runInPlace(command, rest, { env: environment });
});
