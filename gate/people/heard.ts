import type { Request } from "../../settings/control.ts";
import type { Phase, Status } from "../../settings/status.ts";
import type { People } from "../decide/people.ts";

/** As much of a gate as an answer depends on. */
export type Situation = Pick<Status, "phase" | "waitsFor" | "why"> & {
  /** Whether the canary is, or will be, watched: a first release is not, nor one that is only taken away. */
  watched: boolean;
  /** Whether somebody has approved what it waits for, and it has not gone on yet. */
  approved: boolean;
};

/** What becomes of a request. */
export type Heard = { people: People; done: boolean; why: string };

/** What people have asked after one more request, and what the gate answers. */
export function heard(people: People, request: Request, situation: Situation): Heard {
  const { verb, by } = request;
  const answer = (done: boolean, why: string, change: Partial<People> = {}) => ({
    people: { ...people, ...change },
    done,
    why,
  });
  const too = tooLate(situation.phase);
  switch (verb) {
    case "pause":
      if (too !== undefined) return answer(false, `${too}: it cannot be paused`);
      if (people.pausedBy !== null) return answer(true, `it is paused already, by ${people.pausedBy}`);
      return answer(true, "it is paused: nothing is promoted until it is resumed", { pausedBy: by });
    case "resume":
      if (people.pausedBy === null) return answer(true, "it is not paused");
      return answer(true, `it goes on; ${people.pausedBy} had paused it`, { pausedBy: null });
    case "promote":
      if (too !== undefined) return answer(false, too);
      if (people.aborted !== null) return answer(false, `${people.aborted.by} has aborted it`);
      return promote(people, request, situation, answer);
    case "abort":
      if (!situation.watched)
        return answer(false, `${doing[situation.phase]}, which is not watched: it is finished first`);
      if (situation.phase === "remove" || situation.phase === "roll-back") return answer(false, too ?? "");
      if (people.aborted !== null) return answer(true, `it is ended already, by ${people.aborted.by}`);
      return answer(true, "it ends as rejected", {
        aborted: { by, why: request.why ?? "no reason was given" },
      });
    case "supersede":
      return answer(true, "it ends where it waits for a person, or is done first", {
        supersededBy: request.release ?? "a newer release",
      });
  }
}

function promote(
  { approvals, promoted }: People,
  { now = false, by, why }: Request,
  { waitsFor, approved, why: far }: Situation,
  answer: (done: boolean, why: string, change?: Partial<People>) => Heard,
): Heard {
  if (now && why !== null) {
    if (promoted !== null) return answer(true, `it is promoted already, by ${promoted.by}`);
    return answer(true, "it is promoted without the rest of the evidence", { promoted: { by, why } });
  }
  if (waitsFor?.for !== "approval") {
    const goal = waitsFor?.why ?? (far === "" ? "its canaries" : far);
    return answer(
      false,
      `it waits for no approval but for this: ${goal}. To promote it without: nary promote --now --why TEXT`,
    );
  }
  // Two who approve at the same moment end one wait, not the next one too.
  if (approved) return answer(true, "it is approved already");
  return answer(true, `approved: ${waitsFor.why}`, { approvals: approvals + 1 });
}

const doing = {
  "bring-up": "the canary is brought up",
  start: "the canary starts",
  watch: "the canary is watched",
  promote: "production is rolled out",
  bake: "production bakes",
  "roll-back": "production goes back",
  remove: "the canary is taken away",
} as const satisfies Record<Phase, string>;

/** Why a release that is decided can no longer be held or hurried; undefined while it is not. */
function tooLate(phase: Phase): string | undefined {
  switch (phase) {
    case "bring-up":
    case "start":
    case "watch":
      return undefined;
    case "promote":
    case "bake":
    case "roll-back":
    case "remove":
      return `${doing[phase]} already`;
  }
}
