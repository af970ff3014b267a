import type { Release } from "./releases.ts";
import type { Increments } from "./traffic.ts";

export type Told = "wait" | "promote" | "reject" | "inconclusive";

/** One release that is watched. */
export type Watch = {
  see: (more: Increments) => Told;
  /** Part of all requests that the canary gets until the next look; as the release's scenario says unless given. */
  share: () => number | undefined;
};

/** A way to decide, with its settings. */
export type Policy = {
  name: string;
  /** `baseline` keeps alpha and beta of nary:baseline, a peer is measured beside it. */
  kind: "baseline" | "nary" | "peer";
  /** What it looks at and how, for people. */
  query: string;
  /** What takes requests beside the canary. */
  beside: "production" | "twin";
  /** Seconds between two looks. */
  intervalSeconds: number;
  watch: (release: Release) => Watch;
};
