import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { runProgram } from "../../../support/program.ts";
import { temporaryFolder } from "../../../support/temporary.ts";

export type Row = readonly [canaryFailed: number, canary: number, otherFailed: number, other: number];

export type Case =
  | { type: "comparison"; rows: readonly Row[]; margin: number; phi: number }
  | { type: "zero-errors"; errorRate: number; confidence: number; requests: number }
  | {
      type: "error-budget";
      acceptable: number;
      unacceptable: number;
      requests: number;
      failed: number;
      phi: number;
    }
  | {
      type: "reached";
      rate: number;
      looks: readonly { requests: number; reject: number; promote: number }[];
    }
  | { type: "tail"; successes: number; trials: number; probability: number };

export type Oracle = (cases: readonly Case[]) => Promise<number[][]>;

const answers = z.array(z.array(z.number()));

/** Puts mpmath and scipy into an environment of their own, which is removed at the end of the run. */
export async function makeOracle(): Promise<Oracle> {
  const folder = await temporaryFolder();
  const python = join(folder, "environment", "bin", "python");
  await run("python3", ["-m", "venv", join(folder, "environment")]);
  const requirements = join(import.meta.dirname, "requirements.txt");
  await run(python, ["-m", "pip", "install", "--quiet", "--no-cache-dir", "--requirement", requirements]);
  return async (cases) => {
    const file = join(folder, "cases.json");
    await writeFile(file, JSON.stringify(cases));
    const said = await run(python, [join(import.meta.dirname, "oracle.py"), file]);
    return answers.parse(JSON.parse(said));
  };
}

async function run(command: string, args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runProgram(command, args);
  assert.equal(exitCode, 0, `${command} ${args.join(" ")} failed:\n${stderr}`);
  return stdout;
}
