import type { Baseline } from "../../settings/policy.ts";
import { percent, type Row } from "./rows.ts";

/** The rows of one policy, each with the note that it needs. */
export function withNotes(rows: readonly Row[], limits: Baseline): Row[] {
  return rows.map((row) => {
    const note = noteOf(row, rows, limits);
    return note === undefined ? row : { ...row, note };
  });
}

function noteOf(row: Row, all: readonly Row[], { alpha, beta, bound }: Baseline): string | undefined {
  const { nary, falseReject, falsePromote } = row;
  if (nary === undefined) return undefined;
  if (nary.falseReject > falseReject) {
    const wrong = greatest(all, "falsePromote");
    return (
      `nary:baseline rejects ${percent(nary.falseReject)} of these, ${promised(nary.falseReject, alpha)}; ` +
      why(row, nary.requests, wrong, `promotes ${percent(wrong.falsePromote)} of`)
    );
  }
  if (nary.falsePromote > falsePromote) {
    const wrong = greatest(all, "falseReject");
    return (
      `nary:baseline promotes ${percent(nary.falsePromote)} of these, ` +
      `${promised(nary.falsePromote, beta + 1 - bound.confidence)}; ` +
      why(row, nary.requests, wrong, `rejects ${percent(wrong.falseReject)} of`)
    );
  }
  return undefined;
}

function greatest(all: readonly Row[], kind: "falseReject" | "falsePromote"): Row {
  return all.reduce((most, row) => (row[kind] > most[kind] ? row : most));
}

const promised = (part: number, most: number) =>
  `${part <= most ? "within" : "above"} the ${percent(most)} that it promises`;

/** What the other policy pays for being better here: requests, or being wrong about another release. */
function why({ requests }: Row, naryRequests: number, wrong: Row, does: string): string {
  const prices = [
    ...(requests > 2 * naryRequests
      ? [`takes ${Math.round(requests)} requests where nary:baseline takes ${Math.round(naryRequests)}`]
      : []),
    ...(wrong.falsePromote + wrong.falseReject > 0 ? [`${does} "${wrong.release}"`] : []),
  ];
  return prices.length === 0
    ? "what this policy pays for it, these releases do not show"
    : `this policy ${prices.join(" and ")}`;
}
