import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { findOnPath, pathFolders } from "../../../tools/toolchain/path.ts";
import type { Surroundings, ToolSpec } from "../../../tools/toolchain/spec.ts";
import { sameMajor } from "../../../tools/toolchain/version.ts";

const main = `package main

func main() { println("tiny v1.2.3") }
`;

/** A tool of a few lines, which stands for the real ones that take minutes to build. */
export function tinySpec(module: string): ToolSpec {
  return {
    name: "tiny",
    version: "1.2.3",
    source: { kind: "go", module, package: ".", ldflags: "", tags: "", cgo: false },
    onPath: { kind: "version", ask: [], fits: sameMajor("1.2.3") },
  };
}

export function writeProgram(folder: string, name: string, script: string): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** A folder with the module of the tiny tool, an empty cache, and a Go that counts how often it builds. */
export class Workshop {
  readonly root = mkdtempSync(join(tmpdir(), "nary-tools-"));
  readonly module = join(this.root, "module");
  readonly cache = join(this.root, "cache");
  readonly bin = join(this.root, "bin");
  readonly said: string[] = [];
  readonly spec = tinySpec(this.module);
  private readonly builds = join(this.root, "builds");

  constructor() {
    mkdirSync(this.module);
    writeFileSync(join(this.module, "go.mod"), "module example.test/tiny\n\ngo 1.21\n");
    writeFileSync(join(this.module, "main.go"), main);
    writeFileSync(this.builds, "");
    const go = findOnPath("go", pathFolders(process.env));
    // The pause makes sure that two builds which are not kept apart do overlap.
    writeProgram(
      this.bin,
      "go",
      `if [ "$1" = build ]; then echo built >> '${this.builds}'; sleep \${TINY_BUILD_SECONDS:-0.5}; fi\nexec '${go ?? "go"}' "$@"`,
    );
  }

  get environment(): NodeJS.ProcessEnv {
    return { ...process.env, PATH: [this.bin, process.env["PATH"]].join(delimiter) };
  }

  get surroundings(): Surroundings {
    const say = (line: string) => this.said.push(line);
    return { environment: this.environment, cache: this.cache, isRoot: false, say };
  }

  get buildCount(): number {
    return readFileSync(this.builds, "utf8").split("\n").length - 1;
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
