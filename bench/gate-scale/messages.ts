import { z } from "zod";

export const modes = ["stream", "poll", "article"] as const;
export type Mode = (typeof modes)[number];

/** To the program of endpoints: how many, from which number on, and whether they stream to those who ask for it. */
export const endpointsWanted = z.object({ from: z.int(), count: z.int(), streams: z.boolean() });

const address = z.object({ host: z.string(), port: z.number() });
export const addresses = z.array(address);
export type Addresses = z.infer<typeof addresses>;

/** To the measured program. */
export const measureWanted = z.object({ mode: z.enum(modes), looks: z.int(), addresses });

/** From it. */
export const measured = z.object({
  /** Of one core. */
  cpuPercent: z.number(),
  /** The most of all looks. */
  rssMb: z.number(),
  /** Median, from the first question to the last answer; with streams, what it takes to look at what they told. */
  roundMs: z.number(),
});
export type Measured = z.infer<typeof measured>;
