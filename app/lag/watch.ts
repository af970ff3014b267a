import { hookOnce, state } from "../state.ts";

/** How often the loop is looked at. A stall is seen as too short by up to this much: 2 % of one that lasts a second. */
const lookMs = 20;
/** How often it is looked at how much was computed, which takes longer. */
const cpuMs = 500;
/** For how long a stall is told as one of lately. */
const latelySeconds = 30;

/** A stall of the event loop, over by now. Times by `performance.now()`. */
export type Stall = {
  from: number;
  to: number;
  ms: number;
  /** For how long of it this process computed, at most; much less than `ms` where the machine did not let it. */
  cpuMs: number;
};

/** Looks at the event loop from now on, once in a process, and tells of each stall of at least so many milliseconds. */
export function watchEventLoop(fromMs: number, onStall: (stall: Stall) => void): void {
  const { stalls } = state();
  if (!hookOnce(stalls)) return;
  let due = performance.now() + lookMs;
  let computed = computedMs();
  let computedAt = performance.now();
  const look = () => {
    const now = performance.now();
    const ms = Math.max(now - due, 0);
    keep(stalls, ms, now);
    if (ms >= fromMs) onStall({ from: due, to: now, ms, cpuMs: Math.min(computedMs() - computed, ms) });
    if (now - computedAt >= cpuMs) {
      computed = computedMs();
      computedAt = now;
    }
    due = performance.now() + lookMs;
    setTimeout(look, lookMs).unref();
  };
  setTimeout(look, lookMs).unref();
}

function computedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function keep(stalls: Map<number, number>, ms: number, now: number): void {
  const second = Math.floor(now / 1000);
  const before = stalls.get(second);
  if (before === undefined) {
    for (const old of stalls.keys()) if (old < second - latelySeconds) stalls.delete(old);
    stalls.set(second, ms);
  } else if (ms > before) stalls.set(second, ms);
}

/** What the counter route tells of the event loop. */
export type EventLoopLag = {
  /** Longest stall of the last 30 seconds, in milliseconds. */
  maxMs: number;
};

export function eventLoopLag(): EventLoopLag {
  const since = Math.floor(performance.now() / 1000) - latelySeconds;
  const lately = [...state().stalls].filter(([second]) => second >= since).map(([, ms]) => ms);
  return { maxMs: Math.round(Math.max(0, ...lately) * 10) / 10 };
}
