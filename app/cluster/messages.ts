import type { Counted, Total } from "./sum.ts";

/** What the processes of a cluster tell each other, beside what the service itself sends. */
export type Message =
  /** Of a worker: what it has counted so far; costs only now and then, since they are long. */
  | { "@nary/app": "counts"; counted: Omit<Counted, "routes"> & { routes: Counted["routes"] | undefined } }
  /** Of a worker: it wants to know the total. */
  | { "@nary/app": "ask"; id: string }
  /** Of the primary: the total, as an answer or because something went wrong somewhere. */
  | { "@nary/app": "total"; id: string | undefined; total: Total };

const types: ReadonlySet<unknown> = new Set<Message["@nary/app"]>(["counts", "ask", "total"]);

export function isMessage(value: unknown): value is Message {
  return typeof value === "object" && value !== null && "@nary/app" in value && types.has(value["@nary/app"]);
}
