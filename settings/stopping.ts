import type { z } from "zod";
import type { workload } from "./workload.ts";

/** Failed looks of HAProxy after which it sends a server nothing more. */
export const checkFalls = 2;

/** Until a HAProxy that is told by Consul has taken an instance off its list: Consul, the template, the reload. */
const listSeconds = 1;
/** How long the app says on its status route that it is about to stop, before it closes. */
const drainSeconds = 1.5;
/** For requests that are still open then. */
const requestSeconds = 10;
/** Nomad's clients wait no longer unless they are told to (`max_kill_timeout`). */
const longestKillSeconds = 30;

type Given = Partial<
  Pick<z.infer<z.ZodObject<typeof workload>>, "shutdownDelaySeconds" | "killTimeoutSeconds">
> &
  Pick<z.infer<z.ZodObject<typeof workload>>, "checkIntervalSeconds">;

/**
 * How an instance stops: what is given, and otherwise what HAProxy's check interval asks for.
 *
 * The delay lets HAProxy hear from Consul that the instance is gone while it still answers; the time in which HAProxy's
 * own checks take a server out is added as room, since who looks rarely also hears late. The kill timeout has to be
 * longer than the app's own drain, which ends by HAProxy's checks alone where Consul is away.
 */
export function stoppingOf(given: Given) {
  const outSeconds = checkFalls * given.checkIntervalSeconds;
  const { shutdownDelaySeconds, killTimeoutSeconds } = given;
  return {
    shutdownDelaySeconds: shutdownDelaySeconds ?? Math.ceil(listSeconds + outSeconds),
    killTimeoutSeconds:
      killTimeoutSeconds ??
      Math.min(longestKillSeconds, Math.ceil(drainSeconds + outSeconds + requestSeconds)),
  };
}
