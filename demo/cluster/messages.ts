import { z } from "zod";

/** What the starter tells the keeper. Its silence, an ended channel, means stop as well. */
export const request = z.enum(["keep", "stop"]);

/** What the keeper tells the starter. */
export const report = z.discriminatedUnion("state", [
  z.object({
    state: z.literal("ready"),
    consulAddress: z.string(),
    nomadAddress: z.string(),
    fixedPorts: z.array(z.int()),
  }),
  z.object({ state: z.literal("failed"), why: z.string() }),
  z.object({ state: z.literal("kept") }),
  z.object({ state: z.literal("stopped"), left: z.array(z.string()) }),
]);
export type Report = z.infer<typeof report>;
