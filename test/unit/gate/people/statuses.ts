import type { Status } from "../../../../settings/status.ts";

/** The status of a gate that watches, but for what is given. */
export function statusOf(given: Partial<Status>): Status {
  return {
    version: 1,
    gate: "7e1d6ba6-3fd8-4a3f-9c1c-0f4b1d1a5f02",
    session: "7e1d6ba6-3fd8-4a3f-9c1c-0f4b1d1a5f02",
    command: "release api:2",
    by: "ada@one",
    host: "one",
    release: "api:2",
    phase: "watch",
    step: null,
    requests: 0,
    errors: 0,
    seconds: 0,
    why: "",
    waitsFor: null,
    paused: null,
    heard: [],
    since: "2026-01-02T03:04:05.000Z",
    at: "2026-01-02T03:04:06.000Z",
    ...given,
  };
}
