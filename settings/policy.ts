import { z } from "zod";
import { fromText, number, whole } from "./loose.ts";

const probability = (name: string, usual: number) => optionalProbability(name).default(usual);

export const optionalProbability = (name: string) => {
  const error = `must be the ${name}, a number above 0 and below 1`;
  return fromText(z.number({ error }).gt(0, { error }).lt(1, { error }));
};

const requests = () => whole("a whole number of requests, at least 1", 1);

/** The most failed requests that come together; 1, unless given, where each fails by itself. */
const phi = number("the most failures that come together, a number from 1 to 10000", 1, 10_000).default(1);

/**
 * The first error rejects; a goal of requests without one promotes. The goal is given as a number of requests, or as
 * the error rate that the promotion is to rule out with a confidence.
 */
const zeroErrors = z
  .strictObject({
    type: z.literal("zero-errors"),
    /** Error rate to rule out, of requests; 1e-4 unless given. */
    errorRate: optionalProbability("error rate to rule out").optional(),
    /** Confidence with which it is ruled out; 0.999 unless given. */
    confidence: optionalProbability("confidence").optional(),
    /** Or, instead of both: requests without an error. */
    requests: requests().optional(),
  })
  .transform(({ type, errorRate, confidence, requests }, context) => {
    if (requests === undefined) {
      return { type, goal: { errorRate: errorRate ?? 1e-4, confidence: confidence ?? 0.999 } };
    }
    if (errorRate !== undefined || confidence !== undefined) {
      context.addIssue({
        code: "custom",
        message: "must give either requests, or errorRate and confidence, not both",
      });
      return z.NEVER;
    }
    return { type, goal: { requests } };
  });

/**
 * A share of failed requests is tolerated: Wald's sequential test of an acceptable rate against an unacceptable one.
 * Unless given, the two are the 99.9 % and the 99 % that services are mostly promised to do well.
 */
const errorBudget = z
  .strictObject({
    type: z.literal("error-budget"),
    /** Share of failed requests with which a release is good; 0.001 unless given. */
    acceptable: probability("acceptable error rate", 1e-3),
    /** Share of failed requests with which it is bad; 0.01 unless given. */
    unacceptable: probability("unacceptable error rate", 1e-2),
    /** Most probability with which an acceptable release is rejected; 0.01 unless given. */
    alpha: probability("most probability of rejecting an acceptable release", 0.01),
    /** Most probability with which an unacceptable release is promoted; 0.05 unless given. */
    beta: probability("most probability of promoting an unacceptable release", 0.05),
    /** Requests after which the release is inconclusive; 1,000,000 unless given. */
    maxRequests: requests().default(1_000_000),
    phi,
  })
  .superRefine((given, context) => {
    if (given.acceptable >= given.unacceptable) {
      context.addIssue({
        code: "custom",
        path: ["acceptable"],
        message: `must be below nary:policy.unacceptable, which is ${given.unacceptable}`,
      });
      return;
    }
    const least = leastRequests(given);
    if (given.maxRequests < least) {
      context.addIssue({
        code: "custom",
        path: ["maxRequests"],
        message: `must be at least ${least}, which a release without any failed request needs to be promoted`,
      });
    }
  });
export type ErrorBudget = z.output<typeof errorBudget>;

/** The requests after which a release that failed none is promoted: phi · ln(beta) / ln((1 − unacceptable) / (1 − acceptable)). */
export function leastRequests({
  acceptable,
  unacceptable,
  beta,
  phi,
}: Pick<ErrorBudget, "acceptable" | "unacceptable" | "beta" | "phi">): number {
  return Math.ceil((phi * Math.log(beta)) / (Math.log1p(-unacceptable) - Math.log1p(-acceptable)));
}

/**
 * The canary is compared with production or the twin, which served the same traffic at the same time. Values unless
 * given: one good release of a hundred may be rejected, one of twenty that fails twice as often may be promoted.
 */
const baseline = z
  .strictObject({
    type: z.literal("baseline"),
    /** Most probability with which a release is rejected that fails no more often than the other side; 0.01 unless given. */
    alpha: probability("most probability of rejecting a release that is no worse", 0.01),
    /** Most probability with which a release is promoted that fails `margin` times as often; 0.05 unless given. */
    beta: probability("most probability of promoting a release that is worse by the margin", 0.05),
    /** How many times as often as the other side a canary fails that must not be promoted; 2 unless given. */
    margin: number(
      "how many times as often a bad canary fails, a number from 1.01 to 1000",
      1.01,
      1000,
    ).default(2),
    /** What is promoted without any comparison when the canary failed nothing. */
    bound: z
      .strictObject({
        /** Error rate that enough requests without a failed one rule out; 0.001 unless given. */
        errorRate: probability("error rate to rule out", 1e-3),
        /** Confidence with which they do; 0.99 unless given. */
        confidence: probability("confidence", 0.99),
      })
      .prefault({}),
    /** Requests of the canary before which it is not promoted; 1000 unless given. */
    minRequests: requests().default(1000),
    /** Seconds with traffic before which it is not promoted; 60 unless given. */
    minSeconds: number("a number of seconds, 0 to 604800", 0, 604_800).default(60),
    /** Requests of the canary after which the release is inconclusive; 1,000,000 unless given. */
    maxRequests: requests().default(1_000_000),
    /** Seconds with traffic after which it is; `nary:gate.limitSeconds` alone counts unless given. */
    maxSeconds: number("a number of seconds, 1 to 604800", 1, 604_800).optional(),
    phi,
  })
  .superRefine(({ minRequests, minSeconds, maxRequests, maxSeconds, bound, phi }, context) => {
    const issue = (key: string, message: string) => {
      context.addIssue({ code: "custom", path: [key], message });
    };
    const needed = cleanRequests({ bound, phi });
    if (maxRequests < minRequests)
      issue("maxRequests", `must be at least nary:policy.minRequests, which is ${minRequests}`);
    else if (maxRequests < needed)
      issue(
        "maxRequests",
        `must be at least ${needed}, which nary:policy.bound asks of a canary that failed nothing`,
      );
    if (maxSeconds !== undefined && maxSeconds < minSeconds)
      issue("maxSeconds", `must be at least nary:policy.minSeconds, which is ${minSeconds}`);
  });
export type Baseline = z.output<typeof baseline>;

/** "At most this share of requests fails", with this confidence. */
export type Bound = { errorRate: number; confidence: number };

/**
 * Requests without an error that rule out an error rate of `errorRate` or more with this confidence:
 * ⌈ln(1 − confidence) / ln(1 − errorRate)⌉.
 */
export function requestsFor({ errorRate, confidence }: Bound): number {
  return Math.ceil(Math.log1p(-confidence) / Math.log1p(-errorRate));
}

/**
 * Requests of a canary that failed nothing, which are enough for the bound: where up to phi failures come together, they
 * may begin as seldom as at one request in phi / errorRate.
 */
export function cleanRequests({ bound, phi }: { bound: Bound; phi: number }): number {
  return requestsFor({ ...bound, errorRate: bound.errorRate / phi });
}

/** How the gate decides. One schema a policy; the gate has one file a policy in `gate/decide/`. */
export const policy = z.discriminatedUnion("type", [zeroErrors, errorBudget, baseline], {
  error: ({ input }) =>
    `must ${typeof input === "object" ? "be" : "have a type,"} one of: zero-errors, error-budget, baseline`,
});
export type Policy = z.infer<typeof policy>;
export type ZeroErrors = Extract<Policy, { type: "zero-errors" }>;
