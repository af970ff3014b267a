/**
 * What is wrong with a release of the sample service, set by the variable FAULTS as `name=value` pairs with commas in
 * between, such as `errorRate=0.002,latencyMs=20`. Every instance counts its own requests.
 */
export type Faults = {
  /** Share of requests answered with status 500, evenly spread: 0.002 is every 500th. */
  errorRate: number;
  /** Milliseconds that each request waits for its answer. */
  latencyMs: number;
  /** The request with this number is not answered: the process exits with code 1. 0 is never. */
  crashAfter: number;
  /** From the request with this number on nothing is answered any more, on any route. 0 is never. */
  hangAfter: number;
  /** Bytes that each request leaves behind in memory. */
  leakBytes: number;
  /** What the counter route answers. */
  counter: Counter;
};

/** `true` tells the truth; the others are answers that a reader of counters has to survive. */
export const counters = [
  "true",
  "html",
  "empty",
  "error",
  "negative",
  "string",
  "nan",
  "huge",
  "fraction",
  "missing",
  "nested",
  "endless",
] as const;
export type Counter = (typeof counters)[number];

export const noFaults: Faults = {
  errorRate: 0,
  latencyMs: 0,
  crashAfter: 0,
  hangAfter: 0,
  leakBytes: 0,
  counter: "true",
};

export class FaultsError extends Error {
  override name = "FaultsError";
  readonly code = "faults";
}

function number(name: string, text: string, most = Number.MAX_SAFE_INTEGER): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value <= most)) {
    throw new FaultsError(
      `FAULTS: ${name} is ${JSON.stringify(text)}: it must be a number from 0 to ${most}.`,
    );
  }
  return value;
}

function one(name: string, text: string): Partial<Faults> {
  switch (name) {
    case "errorRate":
      return { errorRate: number(name, text, 1) };
    case "latencyMs":
    case "crashAfter":
    case "hangAfter":
    case "leakBytes":
      return { [name]: number(name, text) };
    case "counter": {
      const counter = counters.find((known) => known === text);
      if (counter !== undefined) return { counter };
      throw new FaultsError(
        `FAULTS: counter is ${JSON.stringify(text)}: it must be one of ${counters.join(", ")}.`,
      );
    }
    default:
      throw new FaultsError(
        `FAULTS: ${JSON.stringify(name)} is not a fault. There are ${Object.keys(noFaults).join(", ")}.`,
      );
  }
}

/** @throws FaultsError naming the pair that cannot be used */
export function parseFaults(text = ""): Faults {
  return text
    .split(",")
    .filter((pair) => pair.trim() !== "")
    .reduce((faults, pair) => {
      const [name = "", value = ""] = pair.split("=");
      return { ...faults, ...one(name.trim(), value.trim()) };
    }, noFaults);
}
