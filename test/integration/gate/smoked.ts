import assert from "node:assert/strict";
import { smoke, type SmokeEnd, type Target } from "../../../gate/smoke/smoke.ts";
import { SmokeWire } from "../../../gate/smoke/wire.ts";
import type { Event } from "../../../gate/tell/events.ts";
import { counter } from "../../../settings/counter.ts";
import { smoke as smokeSettings } from "../../../settings/smoke.ts";
import { startServer, type WebServer } from "../components/web-server.ts";

export const host = "127.0.0.1";
export const first = "1a2b3c4d-0000-0000-0000-000000000000";
export const second = "5e6f7a8b-0000-0000-0000-000000000000";
export const health = { name: "health", path: "/health", intervalSeconds: 0.05 };

type Given = {
  smokeSeconds?: number;
  count?: number;
  /** As in a stack's `nary:counter`. */
  how?: object;
  environment?: NodeJS.ProcessEnv;
  signal?: AbortSignal;
};
export type Smoked = { end: SmokeEnd; events: Event[]; sent: Map<string, number> };

/** Tests instances on these ports, the first of which is `first`. */
export async function smoked(
  ports: readonly number[] | (() => readonly Target[]),
  tests: object[],
  { smokeSeconds = 1, count, how = {}, environment = {}, signal = new AbortController().signal }: Given = {},
): Promise<Smoked> {
  const running =
    typeof ports === "function"
      ? ports
      : () =>
          ports.map((port, index) => ({ id: [first, second][index] ?? `${port}`, address: { host, port } }));
  const wire = new SmokeWire(counter.parse(how), environment);
  const events: Event[] = [];
  const sent = new Map<string, number>();
  try {
    const end = await smoke(
      {
        tests: smokeSettings.parse(tests),
        smokeSeconds,
        count: count ?? running().length,
        running,
        wire,
        onSent: (id) => sent.set(id, (sent.get(id) ?? 0) + 1),
        tell: (event) => events.push(event),
      },
      signal,
    );
    return { end, events, sent };
  } finally {
    await wire.close();
  }
}

/** The same server, closed when the test is over, whether it passes or fails. */
export const closing = (server: WebServer) => ({ ...server, [Symbol.asyncDispose]: () => server.close() });

/** A server on loopback. */
export const serve = async (handle: Parameters<typeof startServer>[0]) => closing(await startServer(handle));

/** A server that answers with these statuses, one after the other, and then with the last one. */
export async function statuses(...given: number[]) {
  let asked = 0;
  const server = await serve((_, response) => {
    response.writeHead(given[Math.min(asked, given.length - 1)] ?? 200).end(`answer ${asked}`);
    asked += 1;
  });
  return { ...server, asked: () => asked };
}

/** What was wrong where tests have failed. */
export function whyOf({ end }: Smoked): string {
  assert.ok(end.type === "failed", end.type);
  return end.why;
}
