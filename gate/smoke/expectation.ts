import type { SmokeTest } from "../../settings/smoke.ts";
import { beginning, printable } from "../clients/printable.ts";

type Json = Exclude<SmokeTest["json"], undefined>;

export type Expectation = Pick<SmokeTest, "status" | "json" | "bodyHas">;

/** An answer, read to its end. */
export type Came = { status: number; body: string };

/** A place in an answer where it is not what was expected. */
type Difference = { path: string; expected: unknown; came: unknown };

/** What of an answer is told at most, in characters. */
const mostTold = 200;

/**
 * What is wrong with an answer, as the end of a sentence; undefined for a good one.
 *
 * @param hide - takes secrets out of a text before it is cut and told
 */
export function faultOf(
  expected: Expectation,
  { status, body }: Came,
  hide: (text: string) => string = (text) => text,
): string | undefined {
  const told = (text: string) => shortened(hide(text));
  if (!expected.status.includes(status))
    return `answered ${status}, ${expected.status.join(" or ")} was expected${saying(told(body))}`;
  if (expected.json !== undefined) {
    const found = parsed(body);
    if (found === undefined) return `answered ${status} without the expected JSON${saying(told(body))}`;
    const difference = differenceOf(expected.json, found.json, "");
    if (difference !== undefined) {
      const { path, expected: wanted, came } = difference;
      const where = path === "" ? "as a whole" : `at ${told(path)}`;
      return `answered ${status} with ${told(valueOf(came))} ${where}, ${told(valueOf(wanted))} was expected${saying(told(body))}`;
    }
  }
  if (expected.bodyHas !== undefined && !body.includes(expected.bodyHas))
    return `answered ${status} without ${told(valueOf(expected.bodyHas))} in it${saying(told(body))}`;
  return undefined;
}

/** The first place where an answer does not have what was expected: of objects these keys, of lists all. */
function differenceOf(expected: Json, came: unknown, path: string): Difference | undefined {
  if (Array.isArray(expected)) {
    if (!Array.isArray(came) || came.length !== expected.length) return { path, expected, came };
    for (const [index, item] of expected.entries()) {
      const found = exactDifferenceOf(item, came[index], `${path}[${index}]`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (isObject(expected)) {
    if (!isObject(came)) return { path, expected, came };
    for (const [key, value] of Object.entries(expected)) {
      const found = differenceOf(value, own(came, key), pathTo(path, key));
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return expected === came ? undefined : { path, expected, came };
}

/** The same where nothing more may be there either. */
function exactDifferenceOf(expected: Json, came: unknown, path: string): Difference | undefined {
  if (!isObject(expected) || !isObject(came)) return differenceOf(expected, came, path);
  for (const key of new Set([...Object.keys(expected), ...Object.keys(came)])) {
    const value = own(expected, key);
    const found =
      value === undefined
        ? { path: pathTo(path, key), expected: undefined, came: own(came, key) }
        : exactDifferenceOf(value, own(came, key), pathTo(path, key));
    if (found !== undefined) return found;
  }
  return undefined;
}

function isObject<Value>(value: Value): value is Value & Readonly<Record<string, Json>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const own = <Value>(of: Readonly<Record<string, Value>>, key: string): Value | undefined =>
  Object.hasOwn(of, key) ? of[key] : undefined;

const pathTo = (path: string, key: string) => {
  if (!/^[A-Za-z_$][\w$-]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
};

const valueOf = (value: unknown) => (value === undefined ? "nothing" : JSON.stringify(value));

function parsed(body: string): { json: unknown } | undefined {
  try {
    return { json: JSON.parse(body) };
  } catch {
    return undefined;
  }
}

/** The beginning of a text, which may be a stranger's, on one line and safe to print. */
const shortened = (text: string) => printable(beginning(text, mostTold).replaceAll(/\s+/g, " ")).trim();

const saying = (told: string) => (told === "" ? "" : `: ${told}`);
