import { join } from "node:path";
import { z } from "zod";
import { startProgram, type Program, type ProgramOptions } from "./program.ts";

const root = join(import.meta.dirname, "..", "..");

/** Starts the demo as `npm run demo` does once everything is installed. */
export function startDemo(args: readonly string[], options: ProgramOptions = {}): Program {
  return startProgram(process.execPath, [join(root, "demo", "main.ts"), ...args], { cwd: root, ...options });
}

const count = z.int().min(0);
const release = (name: string, verdict: string, exitCode: number, requestsWatched = count) =>
  z.strictObject({
    name: z.literal(name),
    verdict: z.literal(verdict),
    exitCode: z.literal(exitCode),
    requestsWatched,
    seconds: z.number().min(1),
    clientErrors: verdict === "promote" ? z.literal(0) : count,
    lostRequests: verdict === "promote" ? z.literal(0) : count,
  });

/** What the last line of `--json` must be when all went well. */
const contents = {
  greetings: z.strictObject({
    releases: z.tuple([
      // 6,905 requests rule out 1 error in 1,000.
      release("good", "promote", 0, z.int().min(6_905)),
      release("bad", "reject", 1, z.int().min(100)),
      release("crash", "reject", 1),
    ]),
    ok: z.literal(true),
  }),
  classroom: z.strictObject({
    releases: z.tuple([
      // And 2,300 rule out 3.
      release("good", "promote", 0, z.int().min(2_300)),
      release("fan-out", "reject", 1, z.int().min(100)),
      release("bad", "reject", 1),
    ]),
    ok: z.literal(true),
  }),
} as const;

/** @throws z.ZodError when the demo's last line is not the object of a demo that went well */
export function checkDemoObject(stdout: string, app: keyof typeof contents = "greetings"): void {
  contents[app].parse(JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? ""));
}
