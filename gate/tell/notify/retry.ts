/** The first pause; each next one is twice as long. */
const firstMs = 1_000;
const mostMs = 60_000;

/** What an answer means for the message. */
export type Answered =
  | { type: "taken" }
  /** It may be taken later. */
  | { type: "later"; why: string; afterMs: number | undefined }
  /** It will not be taken, however often it is sent. */
  | { type: "refused"; why: string };

/** @param retryAfter - the header of that name, where there is one */
export function answeredBy(status: number, retryAfter: string | undefined, now: Date): Answered {
  if (status >= 200 && status < 300) return { type: "taken" };
  const why = `it answered ${status}`;
  if (status >= 500 || [408, 425, 429].includes(status))
    return { type: "later", why, afterMs: retryAfter === undefined ? undefined : waitOf(retryAfter, now) };
  if (status >= 300 && status < 400) return { type: "refused", why: `${why}; a redirect is not followed` };
  return { type: "refused", why };
}

/** Retry-After is a number of seconds, or a date. */
function waitOf(retryAfter: string, now: Date): number | undefined {
  const given = retryAfter.trim();
  const ms = /^\d+$/.test(given) ? Number(given) * 1000 : Date.parse(given) - now.getTime();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/**
 * How long to wait before a message is sent again: longer each time, and not at the same moment as everybody else who
 * was refused; never sooner than the receiver asked for, but within a minute.
 *
 * @param tried - how often it has been sent, at least once
 * @param random - from 0 to 1
 */
export function pauseMs(tried: number, afterMs: number | undefined, random: number): number {
  const growing = Math.min(mostMs, firstMs * 2 ** (tried - 1));
  const jittered = growing * (0.5 + random / 2);
  return Math.min(mostMs, Math.max(jittered, afterMs ?? 0));
}
