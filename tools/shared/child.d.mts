import type { SpawnOptions } from "node:child_process";

export function runInPlace(
  command: string,
  args: readonly string[],
  options?: Pick<SpawnOptions, "cwd" | "env" | "stdio">,
): Promise<number>;
