import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { ToolchainError } from "./error.ts";
import { goPlatform } from "./key.ts";
import type { GoSource, Surroundings } from "./spec.ts";

const lineEveryMs = 15_000;
const shownLines = 20;

function clock(sinceMs: number): string {
  const seconds = Math.round((Date.now() - sinceMs) / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** With -v Go names each package when it has compiled it, one a line. */
function compiled(log: string): number {
  return readFileSync(log, "utf8").split("\n").length - 1;
}

function endOf(log: string): string {
  const lines = readFileSync(log, "utf8").trimEnd().split("\n");
  return lines
    .slice(-shownLines)
    .map((line) => `  ${line}`)
    .join("\n");
}

export interface GoBuild {
  title: string;
  source: GoSource;
  /** The file to write. */
  binary: string;
  /** For Go's temporary files, so that a killed build leaves none elsewhere. */
  scratch: string;
  log: string;
  /** Stops the build. */
  signal: AbortSignal;
}

/** Builds exactly what the module pins; only progress and failure depend on the user's environment. */
export async function goBuild(build: GoBuild, { environment, say }: Surroundings): Promise<void> {
  const { title, source, binary, scratch, log, signal } = build;
  signal.throwIfAborted();
  const started = Date.now();
  say(`building ${title} with Go (once; it can take minutes)`);
  const flags = ["-v", "-mod=readonly", "-trimpath", "-buildvcs=false"];
  const settings = ["-tags", source.tags, "-ldflags", `-s -w ${source.ldflags}`.trimEnd()];
  const output = openSync(log, "w");
  const child = spawn("go", ["build", ...flags, ...settings, "-o", binary, source.package], {
    cwd: source.module,
    env: {
      ...environment,
      ...goPlatform,
      CGO_ENABLED: source.cgo ? "1" : "0",
      GOWORK: "off",
      GOTMPDIR: scratch,
    },
    stdio: ["ignore", output, output],
    // A group of its own: Go does not end its compilers when it is ended.
    detached: true,
  });
  closeSync(output);
  const stop = () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGINT");
  };
  process.once("exit", stop);
  signal.addEventListener("abort", stop);
  const progress = setInterval(() => {
    say(`building ${title}: ${compiled(log)} packages, ${clock(started)}`);
  }, lineEveryMs);
  try {
    const end = await new Promise<string | undefined>((resolve, reject) => {
      child.on("error", reject);
      child.on("exit", (code, by) => {
        resolve(code === 0 ? undefined : by === null ? `exit code ${String(code)}` : by);
      });
    });
    if (end !== undefined) {
      throw new ToolchainError(
        "build-failed",
        `building ${title} failed (${end}). The end of its log, which is whole in ${log}:\n${endOf(log)}`,
      );
    }
  } finally {
    clearInterval(progress);
    process.off("exit", stop);
    signal.removeEventListener("abort", stop);
  }
  say(`built ${title} in ${clock(started)}`);
}
