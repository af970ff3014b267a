import { mkdtempDisposable, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { allTools, ensureTools, toolEnvironment } from "../tools/toolchain/index.ts";
import { startApart } from "./runner/apart.ts";
import { runChecks } from "./runner/checks.ts";
import { endInTime } from "./runner/left-open.ts";
import { lanes, isLane, testFiles, type Lane } from "./runner/lanes.ts";
import { runMocha, type Counts } from "./runner/mocha.ts";

const help = `Usage: npm test [-- options] [paths]          the fast lane: checks, unit, components, integration, e2e
       npm run test:slow [-- options] [paths]  the slow lane: what takes longer; needs a running Docker,
                                        docker-registry, htpasswd (Debian: apache2-utils), prometheus
                                        and python3-venv

paths          only these files or folders, such as test/unit/gate
--grep TEXT    only tests whose title contains TEXT
--no-checks    leave out type check, lint, format check, unused-code check and the Go checks
--help         this text

The last line tells how many tests passed and failed. Exit status: 0 all passed, 1 something failed, 2 usage.`;

function fail(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      allowNegative: true,
      options: {
        grep: { type: "string" },
        checks: { type: "boolean", default: true },
        help: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    fail(`${error instanceof Error ? error.message : String(error)}. See: npm test -- --help`);
  }
}

/** The first list waits for the checks, which say soonest what is wrong; the others need not. */
async function run([first = [], ...others]: string[][], checks: boolean, grep: string | undefined) {
  const beside = others.map((files) => startApart(files, grep));
  const failedChecks = checks ? await runChecks() : [];
  const counts = [await runMocha(first, grep)];
  for (const { show, ended } of beside) {
    show();
    counts.push(await ended);
  }
  const sum = (field: keyof Counts) => counts.reduce((total, one) => total + one[field], 0);
  return { failedChecks, passed: sum("passed"), failed: sum("failed") };
}

async function main(lane: Lane, args: readonly string[]): Promise<number> {
  const { values, positionals } = parse(args);
  if (values.help) {
    process.stdout.write(`${help}\n`);
    return 0;
  }
  const lists = await testFiles(lane, positionals);
  if (lists.flat().length === 0)
    fail(`No test file under ${positionals.join(", ")}. Tests are named *.test.ts under test/.`);

  const tools = await ensureTools(allTools);
  // Hundreds of processes load the same modules, of which half the time goes into compiling.
  await using compiled = await mkdtempDisposable(join(await realpath(tmpdir()), "nary-compiled-"));
  Object.assign(process.env, toolEnvironment(tools), { NODE_COMPILE_CACHE: compiled.path });
  const checks = values.checks && lane === "fast" && positionals.length === 0;
  const { failedChecks, passed, failed } = await run(lists, checks, values.grep);

  for (const name of failedChecks)
    process.stdout.write(`The check ${JSON.stringify(name)} failed; its output is above.\n`);
  if (passed + failed === 0) process.stdout.write("No test was run.\n");
  const summary = `${passed} passed, ${failed + failedChecks.length} failed\n`;
  process.stdout.write(summary);
  endInTime(summary);
  return failed + failedChecks.length === 0 && passed > 0 ? 0 : 1;
}

const [lane = "", ...args] = process.argv.slice(2);
if (!isLane(lane)) fail(`The first argument must be a lane, one of: ${lanes.join(", ")}.`);
// Exits by itself only when nothing is left open, so that a leaked socket or timer shows.
process.exitCode = await main(lane, args);
