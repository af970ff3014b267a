import { join } from "node:path";
import { writeScript } from "./script.ts";

const service = join(import.meta.dirname, "service");

/** A release of the sample service: what is wrong with it, and what should become of it. */
export type Release = {
  name: string;
  what: string;
  /** As demo/service/faults.ts reads them. */
  faults: string;
  verdict: "promote" | "reject";
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

/** A release under raw_exec: an executable. Resolves to its path. */
export async function writeExecutable(folder: string, name: string, faults: string): Promise<string> {
  const path = join(folder, "releases", name, "api");
  await writeScript(path, { FAULTS: faults }, [process.execPath, join(service, "main.ts")]);
  return path;
}
