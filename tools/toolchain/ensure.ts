import { interruptible } from "./interruptible.ts";
import { locate } from "./locate.ts";
import { make } from "./make.ts";
import { checkRequirements } from "./requirements.ts";
import type { Surroundings, Tool, ToolSpec } from "./spec.ts";

/** Two at once: while one is being linked, which takes a single core, the other compiles. */
const atOnce = 2;

/** Finds the tools or makes them. All that can be known to go wrong is said before anything is made. */
export async function ensure<Name extends string>(
  specs: readonly ToolSpec<Name>[],
  surroundings: Surroundings,
): Promise<Tool<Name>[]> {
  const found = new Map<Name, Tool<Name>>();
  const missing: ToolSpec<Name>[] = [];
  for (const [index, tool] of (
    await Promise.all(specs.map((spec) => locate(spec, surroundings)))
  ).entries()) {
    const spec = specs[index];
    if (tool !== undefined) found.set(tool.name, tool);
    else if (spec !== undefined) missing.push(spec);
  }
  if (missing.length > 0) {
    await checkRequirements(missing, surroundings);
    const made = await interruptible(() => makeAll(missing, surroundings));
    for (const tool of made) found.set(tool.name, tool);
  }
  return specs.flatMap(({ name }) => found.get(name) ?? []);
}

async function makeAll<Name extends string>(
  specs: readonly ToolSpec<Name>[],
  surroundings: Surroundings,
): Promise<Tool<Name>[]> {
  const waiting = [...specs];
  const made: Tool<Name>[] = [];
  const abort = new AbortController();
  const work = async () => {
    for (let spec = waiting.shift(); spec !== undefined; spec = waiting.shift()) {
      made.push(await make(spec, surroundings, abort.signal));
    }
  };
  // The first failure stops the others; theirs say no more than that. All are waited for, so that none is still
  // building, or holds a lock, when the error is told.
  const failures: unknown[] = [];
  const stop = (error: unknown) => {
    failures.push(error);
    waiting.length = 0;
    abort.abort();
  };
  await Promise.all(Array.from({ length: atOnce }, () => work().catch(stop)));
  if (failures.length > 0) throw failures[0];
  return made;
}
