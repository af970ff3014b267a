import { z } from "zod";
import { number, whole } from "./loose.ts";

const seconds = (least: number, most: number) =>
  number(`a number of seconds, ${least} to ${most}`, least, most);

const attempts = (least: number) => whole(`a whole number of attempts, at least ${least}`, least, 10_000);

/** How often a task that ended is started again on its client. The defaults are Nomad's. */
export const restart = z
  .strictObject({
    /** Starts within the interval. */
    attempts: attempts(0).default(2),
    intervalSeconds: seconds(5, 604_800).default(1800),
    /** Seconds before each start. */
    delaySeconds: seconds(0, 86_400).default(15),
    /** After the last attempt of an interval: give the instance up, or wait for the next interval. */
    mode: z.enum(["fail", "delay"], { error: "must be fail or delay" }).default("fail"),
  })
  .refine(({ attempts: some, mode }) => some > 0 || mode === "fail", {
    error: "must have at least 1 attempt where the mode is delay",
  })
  .refine((given) => given.attempts * given.delaySeconds <= given.intervalSeconds, {
    error: "must have an interval in which all attempts find room, each with its delay",
  });
export type Restart = z.infer<typeof restart>;

const reschedules = ["never", "unlimited", "limited"] as const;

const waits = {
  /** Seconds before the first attempt. */
  delaySeconds: seconds(5, 86_400).default(30),
  /** How the delay grows from one attempt to the next. */
  delayFunction: z
    .enum(["constant", "exponential", "fibonacci"], {
      error: "must be constant, exponential or fibonacci",
    })
    .default("exponential"),
  /** Seconds beyond which it does not grow. */
  maxDelaySeconds: seconds(5, 604_800).default(3600),
};

type Waits = z.infer<z.ZodObject<typeof waits>>;

const growsUpwards = ({ delaySeconds, delayFunction, maxDelaySeconds }: Waits) =>
  delayFunction === "constant" || delaySeconds <= maxDelaySeconds;
const growsUpwardsError = { error: "must have a maxDelaySeconds that is not below delaySeconds" };

/** How often an instance that was given up is placed anew, on another client where there is one. */
export const reschedule = z.discriminatedUnion(
  "type",
  [
    z.strictObject({ type: z.literal("never") }),
    z.strictObject({ type: z.literal("unlimited"), ...waits }).refine(growsUpwards, growsUpwardsError),
    z
      .strictObject({
        type: z.literal("limited"),
        /** Attempts within the interval, which has to have room for them. */
        attempts: attempts(1),
        intervalSeconds: seconds(15, 604_800),
        ...waits,
      })
      .refine(growsUpwards, growsUpwardsError),
  ],
  {
    error: ({ input }) =>
      `must ${typeof input === "object" ? "be" : "have a type,"} one of: ${reschedules.join(", ")}`,
  },
);
export type Reschedule = z.infer<typeof reschedule>;
