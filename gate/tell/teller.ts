import type { Event, Tell } from "./events.ts";
import { lineOf } from "./lines.ts";

/** How often progress becomes a line where no line can be written over. */
const progressMs = 10_000;
const clearLine = "\r\u001b[K";

export type Screen = { write: (text: string) => void; terminal: boolean; columns: number };

/** Events as JSON, one a line. */
export function tellJson(screen: Screen): Tell {
  return (event) => {
    screen.write(`${jsonOf(event, new Date())}\n`);
  };
}

export function jsonOf({ event, ...rest }: Event, at: Date): string {
  return JSON.stringify({ event, at: at.toISOString(), ...rest });
}

/** Events as lines for people; on a terminal, progress is one line that changes. */
export function tellLines(screen: Screen, verbose: boolean): Tell {
  let live = false;
  let progressAt = Number.NEGATIVE_INFINITY;
  let last = "";
  return (event) => {
    const line = lineOf(event, verbose);
    if (line === undefined) return;
    if (isProgress(event)) {
      if (screen.terminal) {
        screen.write(clearLine + line.slice(0, screen.columns - 1));
        live = true;
        return;
      }
      if (line === last || performance.now() - progressAt < progressMs) return;
      progressAt = performance.now();
      last = line;
    }
    screen.write(`${live ? clearLine : ""}${line}\n`);
    live = false;
  };
}

function isProgress(event: Event): boolean {
  return (
    event.event === "counts" ||
    (event.event === "bake" && event.seconds > 0) ||
    (event.event === "rollout" && event.status === "running")
  );
}
