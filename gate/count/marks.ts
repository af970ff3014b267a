import type { Told } from "./answer.ts";

/** The highest counts that one process of an instance has told. */
export type Marks = {
  requests: number;
  errors: number;
  failed: number;
  fingerprints: Readonly<Record<string, number>>;
};

export const noMarks: Marks = { requests: 0, errors: 0, failed: 0, fingerprints: {} };

export const marksOf = ({ requests, errors, failed, fingerprints }: Told): Marks => ({
  requests,
  errors,
  // Whoever tells no failed requests tells errors, of which one request may have several.
  failed: Math.min(failed ?? errors, requests),
  fingerprints,
});

export const highest = (one: Marks, other: Marks): Marks => combined(one, other, Math.max);
export const sum = (one: Marks, other: Marks): Marks => combined(one, other, (a, b) => a + b);
/** What is new since the zero. */
export const since = (zero: Marks, now: Marks): Marks => combined(now, zero, (a, b) => Math.max(0, a - b));

/** Whether a count is lower than it was. */
export const isLower = (now: Marks, before: Marks): boolean =>
  now.requests < before.requests || now.errors < before.errors || now.failed < before.failed;

function combined(one: Marks, other: Marks, join: (a: number, b: number) => number): Marks {
  const names = new Set([...Object.keys(one.fingerprints), ...Object.keys(other.fingerprints)]);
  const timesOf = ({ fingerprints }: Marks, name: string) =>
    Object.hasOwn(fingerprints, name) ? (fingerprints[name] ?? 0) : 0;
  return {
    requests: join(one.requests, other.requests),
    errors: join(one.errors, other.errors),
    failed: join(one.failed, other.failed),
    fingerprints: Object.fromEntries(
      [...names].map((name) => [name, join(timesOf(one, name), timesOf(other, name))]),
    ),
  };
}
