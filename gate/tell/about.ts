import type { Event } from "./events.ts";

/** What a command works on. */
export type Origin = { environment: string; service: string; stack: string };

/** The release that an event is of, as far as it says so. */
export function releaseIn(event: Event): string | undefined {
  if (event.event === "watching" || event.event === "promoted" || event.event === "pulumi-start")
    return event.release;
  // Empty where none was known.
  return event.event === "end" && event.release !== "" ? event.release : undefined;
}
