import { z } from "zod";
import { getJson } from "./cluster/http.ts";
import { DemoError } from "./errors.ts";

/** What the gate has written down about a release that came to its end. */
const past = z.object({
  release: z.string(),
  verdict: z.enum(["promote", "reject", "inconclusive"]),
  why: z.string(),
  requests: z.number(),
});
export type Past = z.infer<typeof past>;

/** The last entry about a release in the history in Consul; undefined when the gate came to no verdict. */
export async function lastVerdict(consulAddress: string, release: string): Promise<Past | undefined> {
  const root = `${consulAddress}/v1/kv/nary/local/`;
  const keys = (await getJson(`${root}?keys=true`, z.array(z.string()))) ?? [];
  // Their names end in a time, so the last one by name is the last one.
  const last = keys
    .filter((key) => key.includes("/run/history/"))
    .sort()
    .at(-1);
  if (last === undefined) return undefined;
  const path = last.split("/").map(encodeURIComponent).join("/");
  const found = await getJson(`${consulAddress}/v1/kv/${path}?raw=true`, past);
  if (found === undefined)
    throw new DemoError("step", `The key ${last} in Consul is not a record of a release.`);
  return found.release === release ? found : undefined;
}
