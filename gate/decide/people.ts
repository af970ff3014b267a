/** What people have asked of a gate that runs, so far; it only grows until the gate ends, but for a pause. */
export type People = {
  /** Who holds the release where it is; null while nobody does. */
  pausedBy: string | null;
  /** How many waits for an approval people have ended. */
  approvals: number;
  /** Who wants it promoted without the rest of the evidence, and why. */
  promoted: { by: string; why: string } | null;
  /** Who wants it ended, and why. */
  aborted: { by: string; why: string } | null;
  /** A newer release that takes this one's place as soon as this one waits for a person. */
  supersededBy: string | null;
};

/** Nobody has asked for anything. */
export const nobody: People = {
  pausedBy: null,
  approvals: 0,
  promoted: null,
  aborted: null,
  supersededBy: null,
};
