import { z } from "zod";

export const modes = ["streamed", "polled", "article"] as const;
export type Mode = (typeof modes)[number];

/** To the program of services: how many, and whether they stream to those who ask for it. */
export const servicesWanted = z.object({ count: z.int(), streams: z.boolean() });
export const ports = z.array(z.int());

/** To the program of gates: one gate a port, each with so many failed responses, one after the other. */
export const watchWanted = z.object({ mode: z.enum(modes), intervalMs: z.int(), rounds: z.int(), ports });
/** From it: milliseconds from each failed response to the verdict. */
export const took = z.array(z.number());

/** What a failed response says: when it was sent, in milliseconds of the machine's clock. */
export const failed = z.object({ sentAt: z.number() });
export const machineMs = () => performance.timeOrigin + performance.now();
