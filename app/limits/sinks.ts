import { createHmac, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Alert } from "./alert.ts";

const patienceMs = 5_000;
/** Waits before the second try and those after it. */
const againMs = [1_000, 5_000] as const;

export type WebhookOptions = {
  /** https, or http to a host that you trust. */
  url: string;
  /** `whsec_` and 24 to 64 bytes in base64, as Standard Webhooks has them; no signature unless given. */
  secret?: string;
};

/**
 * Sends alerts as JSON to a receiver, three times at most, signed as https://www.standardwebhooks.com has it.
 *
 * @example const { ALERTS_URL = "", ALERTS_SECRET = "" } = process.env;
 * createKit({ alert: webhookAlerts({ url: ALERTS_URL, secret: ALERTS_SECRET }) });
 * @throws TypeError for what is no URL or no secret; neither is shown
 */
export function webhookAlerts({ url, secret }: WebhookOptions): (alert: Alert) => Promise<void> {
  const target = urlOf(url);
  const key = secret === undefined ? undefined : keyOf(secret);
  return async (alert) => {
    const id = `msg_${randomUUID()}`;
    const now = new Date();
    const body = JSON.stringify({ type: `nary.${alert.type}`, timestamp: now.toISOString(), data: alert });
    const timestamp = String(Math.floor(now.getTime() / 1000));
    const signature =
      key === undefined ? {} : { "webhook-signature": signed(key, `${id}.${timestamp}.${body}`) };
    await post(target, body, { "webhook-id": id, "webhook-timestamp": timestamp, ...signature });
  };
}

/**
 * Sends alerts as messages of Slack's shape (`{ text }`), which others take too.
 *
 * @throws TypeError for what is no URL
 */
export function slackAlerts(url: string): (alert: Alert) => Promise<void> {
  const target = urlOf(url);
  return async ({ team, text }) => {
    const message = team === null ? text : `${team}: ${text}`;
    // https://api.slack.com/reference/surfaces/formatting#escaping
    const escaped = message.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
    await post(target, JSON.stringify({ text: escaped }), {});
  };
}

/** Sends each team's alerts to where that team wants them, and those of all others elsewhere. */
export function teamAlerts(
  teams: Readonly<Record<string, (alert: Alert) => unknown>>,
  others: (alert: Alert) => unknown,
): (alert: Alert) => unknown {
  return (alert) => {
    const own = alert.team !== null && Object.hasOwn(teams, alert.team) ? teams[alert.team] : undefined;
    return (own ?? others)(alert);
  };
}

function urlOf(text: string): URL {
  const url = URL.parse(text);
  // The text may hold a token, and is not shown.
  if (url === null || !["http:", "https:"].includes(url.protocol))
    throw new TypeError("The URL of alerts cannot be used: it must begin with https:// or http://.");
  return url;
}

function keyOf(secret: string): Buffer {
  const [, text] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? [];
  const key = Buffer.from(text ?? "", "base64");
  if (key.length < 24 || key.length > 64)
    throw new TypeError(
      "The secret of alerts cannot be used: it must be whsec_ and 24 to 64 bytes in base64. " +
        "Make one with: echo whsec_$(openssl rand -base64 32)",
    );
  return key;
}

function signed(key: Buffer, text: string): string {
  return `v1,${createHmac("sha256", key).update(text).digest("base64")}`;
}

async function post(url: URL, body: string, headers: Record<string, string>): Promise<void> {
  for (let again = 0; ; again++) {
    const why = await sent(url, body, headers);
    if (why === undefined) return;
    const wait = againMs[again];
    if (wait === undefined) throw new Error(`An alert did not reach ${url.host}: ${why}`);
    await sleep(wait, undefined, { ref: false });
  }
}

/** Why it was not taken; undefined when it was. */
async function sent(url: URL, body: string, headers: Record<string, string>): Promise<string | undefined> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body,
      redirect: "error",
      signal: AbortSignal.timeout(patienceMs),
    });
    await response.body?.cancel();
    return response.ok ? undefined : `HTTP ${response.status}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
