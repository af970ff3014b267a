import type { Notifiable } from "../../../settings/notify.ts";
import type { Origin } from "../about.ts";
import { eventsVersion, type Event } from "../events.ts";

/** An event that webhooks may be called for. */
export type NotifiedEvent = Extract<Event, { event: Notifiable }>;

export type Message = Origin & {
  at: Date;
  /** Null until it is known. */
  release: string | null;
  event: NotifiedEvent;
};

/** The body of a message, in the shape that Standard Webhooks has: what it is, when it was, and the rest. */
export function jsonBody({ at, event, environment, service, stack, release }: Message): string {
  const data = { version: eventsVersion, environment, service, stack, release, event };
  return JSON.stringify({ type: `nary.${event.event}`, timestamp: at.toISOString(), data });
}
