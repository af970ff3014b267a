import type { Tell } from "./events.ts";

/** Hears all that is told from now on; calling what it returns ends that. */
export type Listen = (listener: Tell) => () => void;

/** Somebody who tells, and to whom others may listen after the first. */
export function audienceOf(first: Tell): { tell: Tell; listen: Listen } {
  const listeners = new Set([first]);
  return {
    tell: (event) => {
      for (const listener of [...listeners]) listener(event);
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
