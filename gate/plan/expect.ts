import { expectedZeroErrors } from "./zero-errors.ts";
import type { Circumstances, Expected } from "./expected.ts";
import { expectedSimulated, runs } from "./simulated.ts";

/** What becomes of a release that fails this part of its requests. */
export function expect(circumstances: Circumstances, rate: number): Expected {
  const { policy } = circumstances;
  switch (policy.type) {
    case "zero-errors":
      return expectedZeroErrors(policy, circumstances, rate);
    case "error-budget":
    case "baseline":
      return expectedSimulated(circumstances, rate);
  }
}

/** How the figures came about, and how far they may be off. */
export function methodOf({ policy }: Circumstances): {
  method: "exact" | "simulated";
  standardError: number;
} {
  if (policy.type === "zero-errors") return { method: "exact", standardError: 0 };
  return { method: "simulated", standardError: Math.sqrt(0.25 / runs) };
}
