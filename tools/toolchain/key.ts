import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { GoSource } from "./spec.ts";

/** Go's own names of this machine. */
export const goPlatform = {
  GOOS: process.platform === "win32" ? "windows" : process.platform,
  GOARCH: process.arch === "x64" ? "amd64" : process.arch,
};

/** All that decides what the binary will be. The same key always means the same binary. */
export function sourceKey(source: GoSource): string {
  const hash = createHash("sha256");
  const { package: main, ldflags, tags, cgo } = source;
  hash.update(JSON.stringify({ ...goPlatform, main, ldflags, tags, cgo }));
  const files = readdirSync(source.module, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith("_test.go"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) {
    const content = readFileSync(file);
    hash.update(`\0${file.slice(source.module.length)}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex").slice(0, 16);
}
