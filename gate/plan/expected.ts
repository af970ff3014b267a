import type { OtherSide } from "../decide/baseline.ts";
import type { Policy } from "../../settings/policy.ts";

/** Under what a release would be watched. */
export type Circumstances = {
  policy: Policy;
  /** Requests a second. */
  canaryPerSecond: number;
  otherPerSecond: number;
  /** Part of the other side's requests that fail. */
  background: number;
  otherSide: OtherSide;
  /** Seconds between two looks. */
  intervalSeconds: number;
  /** Seconds after which the release is inconclusive. */
  limitSeconds: number;
};

/** What becomes of a release that fails this part of its requests. */
export type Expected = {
  rate: number;
  /** Probabilities, which add up to 1. */
  reject: number;
  promote: number;
  inconclusive: number;
  /** Of the canary until the verdict, on average. */
  requests: number;
  seconds: number;
  /** Requests of the canary that failed until then, on average. */
  failed: number;
};
