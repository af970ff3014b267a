import { z } from "zod";
import { printable, quoted } from "../clients/printable.ts";
import type { Routes } from "./routes.ts";

/** The counts that an instance has told. */
export type Told = {
  type: "counts";
  /** Which process answered, where it says so: another one after each start, and for each worker behind one port. */
  process: string | undefined;
  requests: number;
  errors: number;
  /** Requests that failed, where it tells. */
  failed: number | undefined;
  /** Errors by fingerprint, where it tells. */
  fingerprints: Readonly<Record<string, number>>;
  /** Longest stall of the event loop lately, in milliseconds, where it tells. */
  lagMs: number | undefined;
  /** What requests have cost by route, where it tells. */
  costs: Routes | undefined;
  /** Fields that it need not tell, and that cannot be read. */
  oddities: readonly string[];
};

/** What came of asking one instance for its counts. */
export type Answer =
  | Told
  /** Nobody is there: refused, cut, or empty. */
  | { type: "absent"; why: string }
  /** No answer within the time given to it. */
  | { type: "slow"; why: string }
  /** It answered, but not with counts. */
  | { type: "wrong"; why: string };

const whole = (name: string) =>
  z.int({ error: `${name} is not a whole number` }).min(0, { error: `${name} is negative` });

const counts = z.looseObject(
  { errorCount: whole("errorCount"), requestCount: whole("requestCount") },
  { error: "no object with errorCount and requestCount" },
);

const mostQuoted = 120;
/** Those of @nary/app, and one for all others. */
const mostRoutes = 201;

const word = z.string().min(1).max(200);
/** What @nary/app tells beside the two counts. Other services need not, and may have such fields of their own. */
const more = {
  failedRequests: z.int().min(0),
  instanceId: word,
  startedAt: word,
  recentErrors: z.array(z.looseObject({ fingerprint: word, count: z.int().min(0) })).max(1000),
  eventLoopLag: z.looseObject({ maxMs: z.number().min(0) }),
  costs: z
    .array(
      z.object({
        route: word.transform(printable),
        requests: z.int().min(0),
        queries: z.int().min(0),
        items: z.int().min(0),
        queriesSquared: z.number().min(0),
        itemsSquared: z.number().min(0),
      }),
    )
    .max(mostRoutes),
};

/** Reads the body of the counter route. */
export function answerOf(status: number, body: string): Answer {
  if (status !== 200) return { type: "wrong", why: `answered HTTP ${status}: ${quoted(body, mostQuoted)}` };
  if (body === "") return { type: "absent", why: "gave an empty answer" };
  const parsed = counts.safeParse(json(body));
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => issue.message).join(", ");
    return { type: "wrong", why: `gave wrong counts (${problems}): ${quoted(body, mostQuoted)}` };
  }
  const { requestCount, errorCount } = parsed.data;
  return { type: "counts", requests: requestCount, errors: errorCount, ...besideOf(parsed.data) };
}

function besideOf(given: Readonly<Record<string, unknown>>) {
  const oddities: string[] = [];
  const read = <Schema extends z.ZodType>(name: string, schema: Schema): z.output<Schema> | undefined => {
    if (given[name] === undefined || given[name] === null) return undefined;
    const parsed = schema.safeParse(given[name]);
    if (parsed.success) return parsed.data;
    oddities.push(name);
    return undefined;
  };
  const id = read("instanceId", more.instanceId);
  const started = read("startedAt", more.startedAt);
  return {
    process: id === undefined && started === undefined ? undefined : `${id ?? ""} ${started ?? ""}`.trim(),
    failed: read("failedRequests", more.failedRequests),
    fingerprints: Object.fromEntries(
      (read("recentErrors", more.recentErrors) ?? []).map(({ fingerprint, count }) => [fingerprint, count]),
    ),
    lagMs: read("eventLoopLag", more.eventLoopLag)?.maxMs,
    costs: routesOf(read("costs", more.costs)),
    oddities,
  };
}

function routesOf(told: z.output<typeof more.costs> | undefined): Routes | undefined {
  if (told === undefined) return undefined;
  return new Map(
    told.map(({ route, requests, queries, items, queriesSquared, itemsSquared }) => [
      route,
      {
        requests,
        queries: { sum: queries, squares: queriesSquared },
        items: { sum: items, squares: itemsSquared },
      },
    ]),
  );
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
