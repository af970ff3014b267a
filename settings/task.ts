import { z } from "zod";
import { flag, text } from "./loose.ts";

/** A word of a command line; Nomad's own `${…}` interpolation may be used in it. */
export const word = text(4096);
export const words = z.array(word, { error: "must be a list of words" }).default([]);

/** What starts a process that is no container. */
const start = {
  /** Instead of the release itself; the release is in the environment as NARY_RELEASE. */
  command: word.optional(),
  args: words,
};

/** What starts a container. */
export const container = z.strictObject({
  driver: z.literal("docker"),
  /** Instead of the image's own command. */
  command: word.optional(),
  args: words,
  /** Pull the image even when the client has it; false unless given. */
  forcePull: flag.default(false),
  /** Docker's network mode; Docker's default unless given. */
  networkMode: word.optional(),
});

/**
 * How Nomad runs the release. Under docker the release is the image; under exec and raw_exec it is the path of an
 * executable, run as it is unless a command is given. Under raw_exec that is a path on the client; exec shuts the
 * process off from its neighbours, in a file system with no more of the client's than its own programs and libraries.
 */
export const task = z.discriminatedUnion(
  "driver",
  [
    container,
    z.strictObject({ driver: z.literal("exec"), ...start }),
    z.strictObject({ driver: z.literal("raw_exec"), ...start }),
  ],
  {
    error: ({ input }) =>
      `must ${typeof input === "object" ? "be" : "have a driver,"} one of: docker, exec, raw_exec`,
  },
);
