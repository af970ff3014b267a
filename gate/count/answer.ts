import { z } from "zod";

/** What came of asking one instance for its counts. */
export type Answer =
  | { type: "counts"; requests: number; errors: number }
  /** Nobody is there: refused, cut, or empty. */
  | { type: "absent"; why: string }
  /** No answer within the time given to it. */
  | { type: "slow"; why: string }
  /** It answered, but not with counts. */
  | { type: "wrong"; why: string };

const whole = (name: string) =>
  z.int({ error: `${name} is not a whole number` }).min(0, { error: `${name} is negative` });

const counts = z.object(
  { errorCount: whole("errorCount"), requestCount: whole("requestCount") },
  { error: "no object with errorCount and requestCount" },
);

/** Reads the body of the counter route. */
export function answerOf(status: number, body: string): Answer {
  if (status !== 200) return { type: "wrong", why: `answered HTTP ${status}: ${said(body)}` };
  if (body === "") return { type: "absent", why: "gave an empty answer" };
  const parsed = counts.safeParse(json(body));
  if (parsed.success) {
    return { type: "counts", requests: parsed.data.requestCount, errors: parsed.data.errorCount };
  }
  const problems = parsed.error.issues.map((issue) => issue.message).join(", ");
  return { type: "wrong", why: `gave wrong counts (${problems}): ${said(body)}` };
}

/** The beginning of a stranger's text, safe to print. */
function said(body: string): string {
  const most = 120;
  const text = body.length > most ? `${body.slice(0, most)}…` : body;
  return JSON.stringify(text.replace(/[\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "�"));
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
