import type { Grown } from "../traffic.ts";

/** What both sides did in one window. */
export type Window = { canary: Grown; other: Grown };

export type Said = "wait" | "promote" | "reject" | "inconclusive";

/** How another tool decides, as its own documentation has it. */
export type Peer = {
  name: string;
  /** What it asks of its metrics, and how often. */
  query: string;
  windowSeconds: number;
  /** Begins a release; what is returned is given one window after the other until it says more than wait. */
  begin: () => (window: Window) => Said;
};

/** Part of the requests that went well; undefined without requests. */
export function success({ requests, failed }: Grown): number | undefined {
  return requests === 0 ? undefined : 1 - failed / requests;
}
