import { parseArgs } from "node:util";
import { runEntryPoint } from "./entry-point.ts";
import { table } from "./table.ts";
import { allTools, ensureTools } from "./toolchain/index.ts";

const help = `npm run tools [-- options]

Makes sure that every program Nary uses is on this machine, and lists them: from PATH where the version fits, else
from the cache, else built with Go (up to half an hour for all of them on two cores, once). HAProxy is installed with apt-get
where that is allowed.

  --json      print the list as JSON
  -h, --help  show this

The cache is $NARY_CACHE, else $XDG_CACHE_HOME/nary, else ~/.cache/nary; it can be removed at any time.`;

const usageExit = 2;

function options() {
  return parseArgs({
    options: {
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  }).values;
}

async function main(): Promise<number> {
  let given: ReturnType<typeof options>;
  try {
    given = options();
  } catch (error) {
    const [sentence = ""] = error instanceof Error ? error.message.split(". ") : [];
    process.stderr.write(
      `tools: ${sentence.replace(/\.$/, "")}; npm run tools -- --help shows the options\n`,
    );
    return usageExit;
  }
  if (given.help) {
    console.log(help);
    return 0;
  }
  const tools = await ensureTools(allTools);
  console.log(given.json ? JSON.stringify(tools, null, 2) : table(tools));
  return 0;
}

await runEntryPoint(main);
