import { z } from "zod";

const ended = z.object({
  route: z.string().optional(),
  area: z.string().optional(),
  team: z.string().optional(),
  first: z.string().optional(),
  queries: z.number(),
  end: z.union([
    z.object({ type: z.literal("finished"), status: z.number() }),
    z.object({ type: z.enum(["closed", "timed out"]) }),
  ]),
});

/** What a service of these tests tells on its counter route. */
const told = z.looseObject({
  errorCount: z.number(),
  requestCount: z.number(),
  failedRequests: z.number(),
  logged: z.array(z.looseObject({ error: z.string() })).default([]),
  ended: z.array(ended).default([]),
});

export type Told = z.infer<typeof told>;

export async function toldBy(url: string): Promise<Told> {
  const response = await fetch(`${url}/api/errorAndRequestCount`);
  return told.parse(await response.json());
}

/** Waits for as many requests to have ended: a client has its answer before the service has noted that. */
export async function toldWhen(url: string, requestCount: number): Promise<Told> {
  for (;;) {
    const now = await toldBy(url);
    if (now.requestCount >= requestCount) return now;
  }
}
