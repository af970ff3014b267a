import { z } from "zod";
import { codec } from "./records.ts";

/** What a gate is at. */
export const phases = ["bring-up", "start", "watch", "promote", "bake", "roll-back", "remove"] as const;
const phase = z.enum(phases);
export type Phase = z.infer<typeof phase>;

/** What of a person a release waits for. */
const waiting = z.object({
  /** `approval`: the next step does; `resume`: somebody has paused it. */
  for: z.enum(["approval", "resume"]),
  /** Where it waits, in one sentence. */
  why: z.string(),
});
const answer = z.object({
  /** Of the request. */
  id: z.string(),
  /** Whether the gate does what was asked. */
  done: z.boolean(),
  /** In one sentence. */
  why: z.string(),
});
/** What a gate answers a request. */
export type Answer = z.infer<typeof answer>;

const status = z.object({
  version: z.literal(1),
  /** This run of a gate, and no other: the session by which it first held the lock. */
  gate: z.guid(),
  /** The session by which it holds the lock now; another one after an outage in which Consul ended the first. */
  session: z.guid(),
  /** Such as `release registry.example/api@sha256:…`. */
  command: z.string(),
  /** Who started it, such as ada@laptop. */
  by: z.string(),
  host: z.string(),
  /** Null while it is not known. */
  release: z.string().nullable(),
  phase,
  /** Which step of a release that goes by steps; null where it does not. */
  step: z.object({ number: z.int().min(1), of: z.int().min(1), share: z.number().nullable() }).nullable(),
  requests: z.number(),
  errors: z.number(),
  /** With traffic. */
  seconds: z.number(),
  /** How far it is, in one sentence. */
  why: z.string(),
  waitsFor: waiting.nullable(),
  paused: z.object({ by: z.string(), since: z.iso.datetime() }).nullable(),
  /** The last requests that were heard, the newest last. */
  heard: z.array(answer),
  /** When the phase began. */
  since: z.iso.datetime(),
  /** When this was written. */
  at: z.iso.datetime(),
});
/** Where a gate that runs is; written by the gate, for people. */
export type Status = z.infer<typeof status>;

export const statusRecord = codec("status", status);
