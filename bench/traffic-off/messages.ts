import { z } from "zod";

/** Routes of an instance by which the bench works with it; they are no traffic. */
export const paths = { fail: "/bench/fail", times: "/bench/times" } as const;

/** Milliseconds of the machine's monotonic clock (CLOCK_MONOTONIC), which is the same in all of its processes. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

export const times = z.object({
  requests: z.int(),
  /** When the last request came. */
  lastRequest: z.number().nullable(),
  /** When the failed response was sent. */
  failed: z.number().nullable(),
});
export type Times = z.infer<typeof times>;
