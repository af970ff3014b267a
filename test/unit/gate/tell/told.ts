import type { Event, VerdictEvent } from "../../../../gate/tell/events.ts";

export const origin = { environment: "staging", service: "api", stack: "staging-canary" };
export const stacks = { canary: "staging-canary", production: "staging-production" };

export const verdict: VerdictEvent = {
  event: "verdict",
  verdict: "reject",
  rule: "zero-errors: first error",
  why: "1 error in 9 requests",
  requests: 9,
  errors: 1,
  proves: [],
  evidence: {
    seconds: 4.2,
    canary: { requests: 9, failed: 1, errors: 1 },
    other: null,
    clientErrors: 0,
    allowed: [],
    unknown: [],
  },
};

/** What a gate tells that rejects. */
export const rejection: readonly Event[] = [
  { event: "start", version: 1, command: "release", stack: "staging-canary" },
  { event: "traffic", state: "off", share: null },
  { event: "pulumi-start", stack: "staging-canary", operation: "up", release: "api:2" },
  { event: "pulumi-end", stack: "staging-canary", operation: "up", seconds: 2, ok: true },
  { event: "recording", file: "/records/one.ndjson" },
  { event: "watching", release: "api:2", goal: "zero errors in 100 requests", instances: 1 },
  { event: "canary", instance: "i-1", node: "n", state: "starting", address: null, why: "is placed" },
  { event: "canary", instance: "i-1", node: "n", state: "running", address: "127.0.0.1:1", why: "runs" },
  { event: "traffic", state: "on", share: 0.05 },
  {
    event: "counts",
    requests: 5,
    errors: 0,
    failed: 0,
    other: null,
    clientErrors: 0,
    seconds: 1,
    why: "5 of 100 requests, no error",
  },
  verdict,
  { event: "traffic", state: "off", share: null },
  { event: "pulumi-start", stack: "staging-canary", operation: "destroy" },
  { event: "pulumi-end", stack: "staging-canary", operation: "destroy", seconds: 1, ok: true },
  { event: "gone", job: "api-canary", haproxies: 1, unconfirmed: [] },
  {
    event: "end",
    verdict: "reject",
    why: "1 error in 9 requests",
    release: "api:2",
    requests: 9,
    errors: 1,
    seconds: 12.3,
    exitCode: 1,
  },
];
