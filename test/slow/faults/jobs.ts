import assert from "node:assert/strict";
import { z } from "zod";
import type { Place } from "./own-cluster.ts";

const jobs = z.array(
  z.object({ ID: z.string(), Stop: z.boolean(), Meta: z.record(z.string(), z.string()).nullish() }),
);

/** The jobs of a service that are there, and the release that each of them names. */
export async function jobsOf(
  { nomadAddress }: Place,
  service: string,
): Promise<Record<string, string | undefined>> {
  const response = await fetch(`${nomadAddress}/v1/jobs?meta=true&prefix=${service}`);
  assert.equal(response.status, 200);
  return Object.fromEntries(
    jobs
      .parse(await response.json())
      .filter(({ Stop }) => !Stop)
      .map(({ ID, Meta }) => [ID, Meta?.["nary_release"]]),
  );
}
