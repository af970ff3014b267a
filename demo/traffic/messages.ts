import { z } from "zod";

/** What the traffic process is told; an ended channel means stop, unless it was told to stay. */
export const request = z.enum(["next-window", "keep"]);

/** Its answer to `next-window`. */
export const counts = z.object({
  total: z.int(),
  clientErrors: z.int(),
  lost: z.int(),
  failures: z.array(z.string()),
  p99Ms: z.number(),
});
