import type { Violation } from "./violation.ts";

/** A canary is the part of the service that may be lost. */
export function canarySmallerThanProduction(canary: number, production: number): Violation[] {
  if (canary < production) return [];
  return [
    {
      rule: "canary-smaller-than-production",
      what: `the canary has ${canary} instances and production ${production}`,
      mend: "give the canary a nary:count below production's",
    },
  ];
}
