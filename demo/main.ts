import { runEntryPoint } from "../tools/entry-point.ts";
import { ensureTools, pulumiTools } from "../tools/toolchain/index.ts";
import { apps } from "./apps.ts";
import { whereToLook } from "./cost-log.ts";
import { runDemo } from "./demo.ts";
import { checkDocker } from "./docker/images.ts";
import { DemoError } from "./errors.ts";
import { endKept } from "./kept.ts";
import { help, parseOptions, type Options } from "./options.ts";
import { isAsExpected, jsonLine, table, type Result } from "./report.ts";
import { createSay } from "./say.ts";

const exitCodes = { usage: 2, missing: 2, cluster: 1, step: 1, interrupted: 130 } as const;
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

async function down(folder: string | undefined): Promise<number> {
  const folders = await endKept(folder);
  process.stdout.write(folders.length === 0 ? "No demo was left running.\n" : "");
  for (const folder of folders) process.stdout.write(`Ended the demo in ${folder}.\n`);
  return 0;
}

async function run(options: Extract<Options, { command: "run" }>): Promise<number> {
  const stream = options.json ? process.stderr : process.stdout;
  const say = createSay(stream);
  const abort = new AbortController();
  const surroundings = { cwd: process.cwd(), environment: process.env, signal: abort.signal };
  if (options.driver === "docker") await checkDocker(surroundings);
  const app = apps[options.app];
  say(["the tools: Pulumi, Nomad, Consul, HAProxy", ...app.tools].join(", "));
  const tools = await ensureTools([...pulumiTools, "nomad", "consul", "haproxy", ...app.tools]);

  const interrupt = () => {
    if (!abort.signal.aborted) stream.write("\nInterrupted: ending what was started.\n");
    abort.abort(
      new DemoError("interrupted", "The demo was interrupted; everything that it started is ended."),
    );
  };
  for (const signal of signals) process.on(signal, interrupt);
  const results: Result[] = [];
  let ok = false;
  try {
    const to = options.json ? 2 : 1;
    await runDemo({
      ...options,
      app,
      tools,
      signal: abort.signal,
      say,
      to,
      onResult: (one) => results.push(one),
    });
    ok = isAsExpected(app.releases, results);
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
    if (results.length > 0) stream.write(`\n${table(results)}\n`);
    for (const { name, costLog } of results)
      if (costLog !== undefined) stream.write(`\n${whereToLook(name, costLog, options.keep)}\n`);
    if (options.json) process.stdout.write(`${jsonLine(results, ok)}\n`);
  }
  return ok ? 0 : 1;
}

async function main(): Promise<number> {
  try {
    const options = parseOptions(process.argv.slice(2));
    switch (options.command) {
      case "help":
        process.stdout.write(`${help}\n`);
        return 0;
      case "down":
        return await down(options.folder);
      case "run":
        return await run(options);
    }
  } catch (error) {
    if (!(error instanceof DemoError)) throw error;
    process.stderr.write(`demo: ${error.message}\n`);
    return exitCodes[error.code];
  }
}

await runEntryPoint(main);
