import { Lane } from "./lane.ts";
import { killedAt, kinds, pointsAt, writesOf, type Kind, type Point, type Result } from "./points.ts";

export type RunOptions = {
  /** Services that are released side by side. */
  lanes: number;
  /** Which of the points, by what is said of them. */
  only?: RegExp | undefined;
  say: (line: string) => void;
};

const kindNames = ["good", "bad", "half"] as const satisfies readonly Kind[];

/** Kills gates at every point of a good release, a bad one, and one whose roll-out fails. */
export async function runKillPoints({ lanes, only, say }: RunOptions): Promise<Result[]> {
  const opened = await Promise.all(Array.from({ length: lanes }, (_, index) => Lane.open(index + 1)));
  try {
    const [first] = opened;
    if (first === undefined) return [];
    const points: Point[] = [];
    for (const kind of kindNames) points.push(...pointsAt(kind, await writesOf(first, kind)));
    const chosen = withoutTwice(points)
      // One in three goes on as if on another machine.
      .map((point, index): Point => ({ ...point, elsewhere: index % 3 === 2 }))
      .filter((point) => only?.test(wordsOf(point)) ?? true);
    say(`${chosen.length} points`);
    const waiting = chosen.entries();
    const results: Result[] = [];
    await Promise.all(opened.map((lane) => work(lane, lane === first ? "good0" : "first")));
    return results;

    async function work(lane: Lane, running: string): Promise<void> {
      let promoted = running;
      for (const [index, point] of waiting) {
        const release = `${point.kind}${index + 1}`;
        const result = await killedAt(lane, point, release, promoted);
        results.push(result);
        say(lineOf(index + 1, result));
        if (result.wrong.length > 0) return;
        if (kinds[point.kind].promoted) promoted = release;
      }
    }
  } finally {
    await Promise.all(opened.map((lane) => lane.close()));
  }
}

/** Up to the verdict all kinds of releases write the same. */
function withoutTwice(points: readonly Point[]): Point[] {
  const known = new Set<string>();
  return points.filter((point) => {
    const { write, nth, side, together, kind } = point;
    const isShared =
      /bring-up|watch|session|acquire|canary|run\/lock|traffic \(on\)/.test(write) && kind !== "good";
    const key = JSON.stringify([write, nth, side, together]);
    if (isShared || known.has(key)) return false;
    known.add(key);
    return true;
  });
}

function wordsOf({ kind, write, nth, side, together, elsewhere }: Point): string {
  const which = nth === 1 ? "" : ` (${nth})`;
  const whom = write.startsWith("pulumi:") ? (together ? ", with its Pulumi" : ", its Pulumi goes on") : "";
  return `${kind} release, ${side} ${write}${which}${whom}; then ${elsewhere ? "elsewhere" : "on the same machine"}`;
}

function lineOf(number: number, { point, left, wrong, seconds }: Result): string {
  const was =
    left.length === 0 ? "nothing was left" : `left: ${left.map((each) => each.slice(0, 60)).join("; ")}`;
  const end = wrong.length === 0 ? "ended well" : `WRONG: ${wrong.join("\n")}`;
  return `${number}. ${wordsOf(point)}: ${was}; ${end} (${seconds} s)`;
}
