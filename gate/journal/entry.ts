import { z } from "zod";
import { codec, past } from "../../settings/records.ts";
import { release } from "../../settings/names.ts";
import { holder } from "../lock/lock.ts";
import { processMark } from "../lock/process.ts";
import { exitCodes } from "../tell/events.ts";

const { promoted, rejected, inconclusive, broken } = exitCodes;

/** How a release ends, once it is decided. */
const ending = z.object({ past, exitCode: z.literal([promoted, rejected, inconclusive, broken]) });
export type Decided = z.infer<typeof ending>;

const act = z.discriminatedUnion("act", [
  /** The canary, and its twin, are being brought up; nothing is decided. */
  z.object({ act: z.literal("bring-up"), release }),
  /** The canary is watched and may have traffic; nothing is decided. */
  z.object({ act: z.literal("watch"), release }),
  /** Production is being brought up with the release, which has been decided. */
  z.object({
    act: z.literal("promote"),
    release,
    /** What the record `promoted` said before; null where there was none. */
    before: release.nullable(),
    /** How the release ends when the roll-out holds. */
    ending,
  }),
  /** Production is being brought back to what it ran before. */
  z.object({ act: z.literal("roll-back"), release, to: release, ending }),
  /** The canary, and its twin, are being taken away; there is no ending where none was declared. */
  z.object({ act: z.literal("remove"), ending: ending.nullable() }),
]);
/** What a gate is doing, from before its first step until after its last. */
export type Act = z.infer<typeof act>;

const pulumiRun = z.object({
  stack: z.string(),
  operation: z.string(),
  process: processMark,
});
/** A Pulumi that changes things; it may outlive the gate. */
export type PulumiRun = z.infer<typeof pulumiRun>;

const entry = z.object({
  version: z.literal(1),
  doing: act,
  pulumi: z.array(pulumiRun),
  by: holder,
  at: z.iso.datetime(),
});
/** What the journal says. */
export type Entry = z.infer<typeof entry>;

export const journalRecord = codec("journal", entry);

/** Of which release it is; null where nobody knows. */
export function releaseIn(doing: Act): string | null {
  return doing.act === "remove" ? (doing.ending?.past.release ?? null) : doing.release;
}
