import type { Acting } from "../context.ts";
import { untilAbsent, type Absence } from "../witness/absence.ts";
import { mayGetRequests, type Server } from "../witness/server-list.ts";
import { prefixOf } from "../witness/totals.ts";

/** Seconds that a HAProxy has for hearing of a change and reloading. */
const seconds = 10;

const sides: ReadonlySet<string> = new Set(["canary", "twin"]);

/**
 * Waits until every HAProxy has said, by its own list of servers, that no canary and no twin gets requests any more. One
 * that does not say so keeps nobody from going on.
 */
export async function confirmOff(context: Acting): Promise<Absence> {
  const { tell } = context;
  const start = performance.now();
  const absence = await untilAbsent({
    ...asking(context),
    unwanted: (server) => sides.has(prefixOf(server.name)) && mayGetRequests(server),
  });
  const took = Math.round(performance.now() - start) / 1000;
  for (const why of absence.unconfirmed)
    tell({ event: "warning", why: `it is not confirmed that the canaries get no more requests: ${why}` });
  tell({ event: "confirmed", ...absence, seconds: took });
  return absence;
}

/** Waits until no HAProxy has a server of a side any more. */
export async function confirmGone(context: Acting, side: "canary" | "twin"): Promise<Absence> {
  const unwanted = ({ name }: Server) => prefixOf(name) === side;
  return await untilAbsent({ ...asking(context), unwanted });
}

const asking = ({ consul, service, settings }: Acting) => ({
  consul,
  service,
  answerSeconds: settings.gate.answerSeconds,
  seconds,
});
