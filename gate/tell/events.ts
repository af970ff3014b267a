import { z } from "zod";
import { roles } from "../../settings/stacks.ts";
import { verbs } from "../../settings/verbs.ts";

/*
 * All that a gate tells. This is the one place of an event: its type, what `--json` prints, docs/events.md and
 * docs/events.schema.json are made from it. `npm run docs` writes both anew.
 */

/** Version of the events' shape; it grows when a field changes its meaning or goes. New fields and events may come. */
export const eventsVersion = 1;

/** What a command's exit status says. */
export const exitCodes = {
  promoted: 0,
  rejected: 1,
  usage: 2,
  inconclusive: 3,
  broken: 4,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const count = z.number().min(0);
const seconds = z.number().min(0);
const why = z.string().describe("one sentence for people");
const stack = z.string().describe("full name of a stack, as Pulumi has it");
const release = z.string().describe("what is released");
const operation = z.enum(["up", "destroy"]);
const finalVerdict = z.enum(["promote", "reject", "inconclusive"]);
export type FinalVerdict = z.infer<typeof finalVerdict>;

const counted = z
  .object({
    requests: count,
    failed: count.describe("requests that failed, at most once each"),
    errors: count.describe("one request may have several"),
  })
  .describe("the fewer requests and the more failures of the service's own counts and HAProxy's");
const other = counted.nullable().describe("the side that the canary is compared with, where it is");
const clientErrors = count
  .nullable()
  .describe(
    "failed answers of canaries that reached a client, as HAProxy counts them; null where none can be asked",
  );

const proof = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("rate").describe("the canary's error rate is not above this"),
    errorRate: z.number(),
    confidence: z.number(),
  }),
  z.object({
    type: z.literal("ratio").describe("the canary fails less than `margin` times as often as the other side"),
    margin: z.number(),
    confidence: z.number(),
  }),
]);

const rule = z
  .union([
    z.enum([
      "start",
      "stopped",
      "time limit",
      "zero-errors: first error",
      "zero-errors: goal",
      "error-budget: reject",
      "error-budget: promote",
      "error-budget: request limit",
      "baseline: reject",
      "baseline: promote",
      "baseline: no failure",
      "baseline: request limit",
      "people: abort",
      "people: promote",
      "superseded",
    ]),
    z.templateLiteral(["check: ", z.string()]),
    z.templateLiteral(["smoke: ", z.string()]),
  ])
  .describe("which rule decided");

const evidence = z.object({
  seconds: seconds.describe("with traffic"),
  canary: counted,
  other,
  clientErrors,
  allowed: z
    .array(z.object({ fingerprint: z.string(), reason: z.string(), errors: count }))
    .readonly()
    .describe("errors of the canary that were not counted, because they are allowed"),
  unknown: z.array(z.string()).readonly().describe("what the gate could not know, one sentence each"),
});

const pulumiEnd = { event: z.literal("pulumi-end"), stack, operation, seconds };

const instance = {
  instance: z.string().describe("its id in Nomad"),
  node: z.string(),
  state: z
    .enum(["starting", "running", "crashed", "vanished", "moved"])
    .describe("`moved`: Nomad stopped it for reasons of its own, which is no failure of the release"),
  address: z.string().nullable().describe("null until it is known"),
  why,
};

/** One event. */
export const event = z.discriminatedUnion("event", [
  z
    .object({
      event: z.literal("start"),
      version: z.literal(eventsVersion).describe("of the shape of all events that follow"),
      command: z.string(),
      stack,
    })
    .describe("A command begins. It is the first event."),
  z
    .object({ event: z.literal("pulumi-start"), stack, operation, release: release.optional() })
    .describe("Pulumi begins to work on a stack."),
  z
    .object({ event: z.literal("pulumi-output"), stack, text: z.string() })
    .describe("What Pulumi says meanwhile."),
  z
    .discriminatedUnion("ok", [
      z.object({ ...pulumiEnd, ok: z.literal(true) }),
      z.object({
        ...pulumiEnd,
        ok: z.literal(false),
        output: z.string().describe("where it failed: the end of what it said"),
      }),
    ])
    .describe("Pulumi has ended."),
  z
    .object({ event: z.literal("recording"), file: z.string() })
    .describe("Where what is seen is written down, for `nary replay`."),
  z
    .object({ event: z.literal("metrics"), address: z.string() })
    .describe("Where a Prometheus can scrape the gate while it runs."),
  z
    .object({
      event: z.literal("watching"),
      release,
      goal: z.string().describe("what the policy wants to see, for people"),
      instances: count,
    })
    .describe("A release is watched from now on."),
  z
    .object({ event: z.enum(["canary", "twin"]), ...instance })
    .describe("An instance of the canary or of its twin came, went, or is otherwise than it was."),
  z
    .object({
      event: z.literal("traffic"),
      state: z.enum(["on", "off"]),
      share: z
        .number()
        .nullable()
        .describe(
          "part of all requests that the canaries get together, as a fraction; null where every server gets the same",
        ),
    })
    .describe("The canaries' traffic was turned on or off."),
  z
    .object({
      event: z.literal("smoke"),
      test: z.string(),
      instance: z.string(),
      ok: z.boolean(),
      tries: count,
      why,
    })
    .describe("A smoke test that an instance has passed, or at last failed."),
  z
    .object({
      event: z.literal("smoked"),
      tests: count,
      instances: count,
      requests: count.describe("in all"),
    })
    .describe("All smoke tests have passed on all instances."),
  z
    .object({
      event: z.literal("step"),
      step: count.describe("from 1"),
      of: count,
      share: z.number().describe("part of all requests that the canaries now get together, as a fraction"),
      why: z.string().describe("what the step before had shown"),
    })
    .describe("The release goes on to its next step."),
  z
    .object({ event: z.literal("extended"), why })
    .describe("A limit was reached, and the watch goes on once more as long."),
  z
    .object({ event: z.literal("waits"), for: z.enum(["approval", "resume"]), why })
    .describe("A person has to do something before it goes on."),
  z
    .object({
      event: z.literal("counts"),
      requests: count.describe("of the canary"),
      errors: count.describe("of the canary"),
      failed: count.describe("requests of the canary that failed"),
      other,
      clientErrors,
      seconds: seconds.describe("with traffic"),
      why,
    })
    .describe("How far the watch is; once each `nary:gate.intervalSeconds` while there is traffic."),
  z
    .object({
      event: z.literal("fault"),
      role: z.enum(roles),
      instance: z.string(),
      kind: z.enum(["crashed", "vanished", "absent", "silent", "wrong"]),
      why,
    })
    .describe("An instance failed in a way that it could not report itself."),
  z
    .object({ event: z.literal("warning"), why })
    .describe("Something that a person should know, and that stops nothing."),
  z
    .object({
      event: z.literal("verdict"),
      verdict: finalVerdict,
      rule,
      why,
      requests: count.describe("of the canary"),
      errors: count.describe("of the canary"),
      proves: z.array(proof).readonly().describe("what a promotion proves; nothing with another verdict"),
      evidence,
    })
    .describe("What was decided. What is done about it comes after."),
  z
    .object({
      event: z.literal("rollout"),
      job: z.string(),
      release,
      healthy: count,
      desired: count,
      serving: count.describe("instances of whatever version that run and are to go on running"),
      status: z.string().describe("in Nomad's word"),
    })
    .describe("How far production's roll-out is."),
  z
    .object({
      event: z.literal("bake"),
      release,
      requests: count.describe("of production"),
      errors: count.describe("of production"),
      seconds,
      of: seconds.describe("for which it bakes"),
    })
    .describe("How far production is that is watched after its roll-out."),
  z
    .object({
      event: z.literal("resumed"),
      act: z.enum(["bring-up", "watch", "promote", "roll-back", "remove"]).describe("in which it was killed"),
      release: z.string().nullable(),
      by: z.string().describe("whose gate it was, as user@host"),
      begun: z.iso.datetime().describe("when the act had begun"),
    })
    .describe("A gate was killed in the middle of an act, and this one goes on there."),
  z
    .object({
      event: z.literal("exception"),
      way: z.enum(["fix-forward", "bypass", "rollback"]),
      release,
      by: z.string().describe("who wants it so, as user@host"),
      why: z.string().describe("in that person's words"),
    })
    .describe("A release that goes another way than behind a canary on a production that is well."),
  z
    .object({ event: z.literal("promoted"), release, before: z.string().nullable() })
    .describe("Production runs the release, and the record `promoted` says so."),
  z
    .object({ event: z.literal("rollback"), release: z.string().describe("what it goes back to"), why })
    .describe("Production goes back."),
  z
    .object({
      event: z.literal("confirmed"),
      haproxies: count.describe("how many there are"),
      unconfirmed: z
        .array(z.string())
        .readonly()
        .describe("those that did not confirm that no canary gets requests any more, and why"),
      seconds,
    })
    .describe("What the HAProxies say to the traffic having been turned off."),
  z
    .object({ event: z.literal("evidence"), file: z.string() })
    .describe("Where it is kept what the instances knew that are taken away."),
  z
    .object({
      event: z.literal("gone"),
      job: z.string(),
      haproxies: count,
      unconfirmed: z.array(z.string()).readonly().describe("those of which that is not known, and why"),
    })
    .describe(
      "A job was proved to be gone: from Nomad, from Consul, and from the HAProxies that could say so.",
    ),
  z
    .object({
      event: z.literal("asked"),
      verb: z.enum(verbs),
      by: z.string().describe("such as ada@laptop"),
      why: z.string().nullable().describe("in that person's words"),
      done: z.boolean().describe("whether the gate does it"),
      answer: z.string(),
    })
    .describe("Somebody asked something of the gate."),
  z.object({ event: z.literal("interrupted"), why }).describe("Somebody asked the command to stop."),
  z
    .object({
      event: z.literal("end"),
      verdict: finalVerdict.nullable().describe("null where there was none"),
      why,
      release: z.string().describe("empty where none is known"),
      requests: count,
      errors: count,
      seconds,
      exitCode: z.literal(Object.values(exitCodes)).describe("the exit status of the command"),
    })
    .describe("The command ends. It is the last event."),
]);

/** A line of `--json`: an event and when it was told. */
export const eventLine = z.intersection(z.object({ at: z.iso.datetime() }), event);
export type EventLine = z.infer<typeof eventLine>;

/** Everything that the gate tells while it works. */
export type Event = z.infer<typeof event>;
export type End = Extract<Event, { event: "end" }>;
export type VerdictEvent = Extract<Event, { event: "verdict" }>;

export type Tell = (event: Event) => void;
