// The first step of every `npm run …`: any Node from 18 on, built-ins only. It installs what is locked, finds a Node
// that runs TypeScript, and goes on under that. Nothing here writes to stdout, which belongs to the script.
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { runInPlace } from "./shared/child.mjs";
import { StartError } from "./start/error.mjs";
import { install } from "./start/install.mjs";
import { findNode } from "./start/node.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const say = (text) => process.stderr.write(`nary: ${text}\n`);

async function start([script, ...args]) {
  if (!script) {
    say("start.mjs needs the script to run: node tools/start.mjs <script.ts> [arguments]");
    return 2;
  }
  await install({ root, say });
  const node = findNode(root);
  const file = resolve(root, script);
  try {
    return await runInPlace(node, [file, ...args]);
  } catch (error) {
    throw new StartError(
      `cannot run ${relative(root, file)} with ${node}: ${error.message}`,
      undefined,
      error,
    );
  }
}

try {
  process.exitCode = await start(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  say(error.message);
  process.exitCode = error.exitCode;
}
