import { join } from "node:path";
import { writeScript } from "./script.ts";

const service = join(import.meta.dirname, "service", "main.ts");

/** A release of a sample app: what is wrong with it, and what should become of it. */
export type Release = {
  name: string;
  what: string;
  /** As the app reads them: demo/service/faults.ts, demo/classroom/mistakes.ts. */
  faults: string;
  verdict: "promote" | "reject";
  /** What it should be judged so for; anything unless given. */
  why?: RegExp;
};

/** What production runs before the first of the releases. */
export const firstRelease = { name: "first", faults: "" };

export const releases: readonly Release[] = [
  { name: "good", what: "a good release", faults: "", verdict: "promote" },
  {
    name: "bad",
    what: "one with an error in 1 of 500 requests",
    faults: "errorRate=0.002",
    verdict: "reject",
  },
  {
    name: "crash",
    what: "one that crashes at its 400th request",
    faults: "crashAfter=400",
    verdict: "reject",
  },
];

/**
 * A release under raw_exec: an executable. Resolves to its path.
 *
 * @param program - what Node runs; the sample service unless given
 * @param variables - what it finds in its environment beside its faults
 */
export async function writeExecutable(
  folder: string,
  name: string,
  faults: string,
  program = service,
  variables: Record<string, string> = {},
): Promise<string> {
  const path = join(folder, "releases", name, "api");
  await writeScript(path, { ...variables, FAULTS: faults }, [process.execPath, program]);
  return path;
}
