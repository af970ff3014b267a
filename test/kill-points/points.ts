import { setTimeout as sleep } from "node:timers/promises";
import type { Lane } from "./lane.ts";
import { nameOf } from "./names.ts";
import { childrenOf, kill } from "./processes.ts";
import type { Fate, Seen } from "../support/proxy.ts";

/** A kind of release: how it ends, and whether production runs it then. */
export const kinds = {
  good: { exitCode: 0, promoted: true },
  bad: { exitCode: 1, promoted: false },
  half: { exitCode: 4, promoted: false },
} as const;
export type Kind = keyof typeof kinds;

/** A write, where a gate is killed: the write itself may have been done or not. */
export type Point = {
  kind: Kind;
  write: string;
  /** Which one of those that are called so, from 1. */
  nth: number;
  side: "before" | "after";
  /** Whether its Pulumi is killed with it. */
  together: boolean;
  /** Whether the next gate is one on another machine. */
  elsewhere: boolean;
};

export type Result = { point: Point; left: string[]; wrong: string[]; seconds: number };

/** The writes of a whole release, in their order. */
export async function writesOf(lane: Lane, kind: Kind): Promise<string[]> {
  const names: string[] = [];
  lane.watch((seen) => {
    const name = nameOf(seen, lane.service);
    if (name !== undefined) names.push(name);
    return "goes on";
  });
  const ended = await lane.release(`${kind}0`).ended;
  lane.watch(() => "goes on");
  if (ended.exitCode !== kinds[kind].exitCode)
    throw new Error(`A ${kind} release ended with ${ended.exitCode}: ${ended.stdout}${ended.stderr}`);
  return names;
}

/** Both sides of each write; where a Pulumi runs, with it and without. */
export function pointsAt(kind: Kind, writes: readonly string[]): Point[] {
  const counts = new Map<string, number>();
  return writes.flatMap((write) => {
    const nth = (counts.get(write) ?? 0) + 1;
    counts.set(write, nth);
    const ways = write.startsWith("pulumi:") ? [false, true] : [false];
    return (["before", "after"] as const).flatMap((side) =>
      ways.map((together): Point => ({ kind, write, nth, side, together, elsewhere: false })),
    );
  });
}

/** Kills a gate there, looks at what is left, starts another one, and looks at the end. */
export async function killedAt(lane: Lane, point: Point, release: string, before: string): Promise<Result> {
  const start = performance.now();
  const { kind, elsewhere } = point;
  const end = kinds[kind].promoted ? release : before;
  const gate = lane.release(release);
  await killAt(lane, point, gate.child.pid ?? 0);
  const first = await gate.ended;
  lane.watch(() => "goes on");
  const result = (left: string[], wrong: string[]): Result => {
    return { point, left, wrong, seconds: Math.round((performance.now() - start) / 100) / 10 };
  };
  if (gate.child.signalCode !== "SIGKILL")
    return result(
      [],
      [`it was not killed but ended with ${String(first.exitCode)}: ${first.stdout}${first.stderr}`],
    );
  const left = await lane.left(end);
  const next = elsewhere ? lane.releaseElsewhere(release) : lane.release(release);
  const { exitCode, stdout, stderr } = await next.ended;
  // The other machine has a folder for temporary files of its own.
  if (elsewhere) await lane.clearFolders();
  const wrong = await lane.left(end);
  const expected = kinds[kind].exitCode;
  if (exitCode !== expected) wrong.push(`exit status ${String(exitCode)} instead of ${expected}`);
  return result(left, wrong.length === 0 ? [] : [...wrong, stdout, stderr]);
}

async function killAt(lane: Lane, point: Point, gate: number): Promise<void> {
  const { write, nth, side, together } = point;
  let seenSoFar = 0;
  let pulumi: number[] = [];
  const killAll = () => {
    kill(gate);
    if (together) for (const pid of pulumi) kill(pid);
  };
  const { promise: killed, resolve } = Promise.withResolvers<"killed">();
  lane.watch(
    (seen: Seen): Fate => {
      if (nameOf(seen, lane.service) !== write || ++seenSoFar !== nth) return "goes on";
      // Its Pulumi goes on with the write where it is not killed.
      if (write.startsWith("pulumi:") && !together && side === "before") {
        killAll();
        resolve("killed");
        return "goes on";
      }
      return side === "before" ? "cut before" : "cut after";
    },
    () => {
      killAll();
      resolve("killed");
    },
  );
  // Its Pulumi is known before any write of it comes.
  const over = new AbortController();
  const looking = (async () => {
    while (!over.signal.aborted) {
      const now = await childrenOf(gate);
      if (now.length > 0) pulumi = now;
      await sleep(20, undefined, { signal: over.signal }).catch(() => undefined);
    }
  })();
  const patience = sleep(120_000, "late" as const, { signal: over.signal }).catch(() => "late" as const);
  const ended = untilGone(gate, over.signal);
  await Promise.race([killed, patience, ended]);
  over.abort();
  await looking;
}

async function untilGone(pid: number, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    if (signal.aborted) return;
    await sleep(100, undefined, { signal }).catch(() => undefined);
  }
}
