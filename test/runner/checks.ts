import { spawn } from "node:child_process";
import { once } from "node:events";

type Check = { name: string; command: string; args: readonly string[]; cwd?: string };

const checks: readonly Check[] = [
  { name: "types", command: "node_modules/.bin/tsc", args: ["--noEmit", "-p", "."] },
  { name: "lint", command: "node_modules/.bin/eslint", args: ["."] },
  { name: "format", command: "node_modules/.bin/prettier", args: ["--check", "--log-level", "warn", "."] },
  { name: "unused code", command: "node_modules/.bin/knip", args: ["--no-progress"] },
  { name: "Go vet", command: "go", args: ["vet", "./..."], cwd: "tools/plugins" },
  { name: "Go vet of the generator", command: "go", args: ["vet", "./..."], cwd: "tools/plugins/sdkgen" },
  { name: "Go tests", command: "go", args: ["test", "./..."], cwd: "tools/plugins" },
];

/** Runs the checks one after another, since tests run beside them; prints what failed, and returns the names of those. */
export async function runChecks(): Promise<string[]> {
  const failed: string[] = [];
  for (const check of checks) {
    const started = performance.now();
    const { ok, output } = await run(check);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    process.stdout.write(`${ok ? "ok" : "FAILED"}  ${check.name} (${seconds} s)\n`);
    if (!ok) {
      process.stdout.write(output);
      failed.push(check.name);
    }
  }
  return failed;
}

async function run({ command, args, cwd }: Check): Promise<{ ok: boolean; output: string }> {
  const child = spawn(command, args, { cwd: cwd ?? process.cwd(), stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
  try {
    await once(child, "close");
  } catch (error) {
    return { ok: false, output: `${command}: ${error instanceof Error ? error.message : String(error)}\n` };
  }
  return { ok: child.exitCode === 0, output };
}
