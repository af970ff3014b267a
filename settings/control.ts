import { z } from "zod";
import { release } from "./names.ts";
import { codec } from "./records.ts";
import { verbs } from "./verbs.ts";

/** Requests that are kept for one gate. */
export const mostRequests = 200;

const line = z.string().regex(/^\P{Cc}{1,500}$/u, { error: "must be one line of 1 to 500 characters" });

/** Why somebody asks: one line. */
export const reason = line;

const request = z.object({
  id: z.uuid(),
  verb: z.enum(verbs),
  /** Who asks, such as ada@laptop. */
  by: line,
  at: z.iso.datetime(),
  why: line.nullable(),
  /** The gate that it is for, by its status: it never reaches a later one. */
  gate: z.guid(),
  /** Whether `promote` does without the rest of the evidence. */
  now: z.boolean().optional(),
  /** What takes the place of the release, with `supersede`. */
  release: release.optional(),
});
/** Something that somebody asks of a gate that runs. */
export type Request = z.infer<typeof request>;

/** What is asked of gates, in the order in which it was asked. */
export const controlRecord = codec(
  "control",
  z.object({ version: z.literal(1), requests: z.array(request).max(mostRequests) }),
);
