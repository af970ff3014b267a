import type { SideSeen } from "./observation.ts";

/** The two witnesses are read at different moments: up to this many requests are no disagreement, nor up to half. */
const slack = 20;

const farFewer = (one: number, other: number) => one + slack < other / 2;

/**
 * Where the service's own counts and HAProxy's are so far apart that one of them must be wrong, one sentence each.
 *
 * @param name - of the side, such as "the canary"
 */
export function disagreements({ instances, haproxy }: SideSeen, name: string): string[] {
  if (haproxy === null) return [`No HAProxy could be asked about ${name}: its own counts stand alone.`];
  const requests = instances.reduce((sum, instance) => sum + instance.requests, 0);
  const errors = instances.reduce((sum, instance) => sum + instance.errors, 0);
  const found: string[] = [];
  if (farFewer(errors, haproxy.serverErrors)) {
    found.push(
      `HAProxy saw ${haproxy.serverErrors} answers of ${name} with a status of 500 or more, of which it counts ${errors} as errors.`,
    );
  }
  if (farFewer(requests, haproxy.requests)) {
    found.push(`HAProxy gave ${haproxy.requests} requests to ${name}, which counts only ${requests}.`);
  }
  if (farFewer(haproxy.requests, requests)) {
    found.push(`${name} counts ${requests} requests, of which only ${haproxy.requests} came by HAProxy.`);
  }
  return found.map((sentence) => sentence.charAt(0).toUpperCase() + sentence.slice(1));
}
