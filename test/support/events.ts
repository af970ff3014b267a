import assert from "node:assert/strict";
import { z } from "zod";
import { event, eventLine, type Event, type EventLine } from "../../gate/tell/events.ts";

/** The events that a command told with --json; fails for one that is not as docs/events.schema.json has it. */
export function eventsOf(stdout: string): EventLine[] {
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => exactly(eventLine, JSON.parse(line)));
}

/** Fails for an event that is not as the schema has it, also for a field that the schema does not know. */
export function assertEvents(events: readonly Event[]): void {
  for (const told of events) exactly(event, told);
}

function exactly<T>(schema: z.ZodType<T>, given: unknown): T {
  const parsed = schema.safeParse(given);
  assert.ok(parsed.success, `${JSON.stringify(given)}: ${parsed.error?.message ?? ""}`);
  assert.deepEqual(parsed.data, given);
  return parsed.data;
}

const firstEvent = z.object({ event: z.literal("start"), stack: z.string() });

/** Checks what a command said with --json; commands that answer with something else than events are passed over. */
export function checkEvents(args: readonly string[], stdout: string): void {
  if (!args.includes("--json")) return;
  const [first = ""] = stdout.split("\n", 1);
  if (first.startsWith("{") && firstEvent.safeParse(JSON.parse(first)).success) eventsOf(stdout);
}
