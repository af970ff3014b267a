import type { Description } from "./description.ts";

/**
 * Lines of the backend while there are canaries: another server is asked when one has failed. Without them nothing is
 * asked twice, so that production's own failures are not multiplied.
 */
export const shieldLines = ({ shield }: Pick<Description, "shield">): string[] =>
  shield ? ["retry-on conn-failure empty-response 500 502 503 504"] : [];

/** Seconds for which a canary that was marked down stays so; by then the gate has rejected it. */
const downSeconds = 30;

/**
 * Options of a canary that is to get nothing more after its first error. Its health checks go on passing, so that they
 * alone would bring it back at once. HAProxy below 3.1 does not see failures that the shield has asked another server
 * about: those the service's own quarantine has to end.
 */
export function markDown({ checkIntervalSeconds }: Pick<Description, "checkIntervalSeconds">): string {
  const rise = Math.max(1, Math.ceil(downSeconds / checkIntervalSeconds));
  return ` observe layer7 error-limit 1 on-error mark-down rise ${rise}`;
}
