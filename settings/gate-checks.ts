import { z } from "zod";
import { number, text, whole } from "./loose.ts";
import { hasPlaceholder, queryProblem } from "./promql.ts";
import { secretFrom } from "./secret-from.ts";

const nameError = "must be 1 to 64 letters, digits, dots, dashes and underscores";
/** The name of what a release may be rejected by. */
export const checkName = z
  .string({ error: nameError })
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, { error: nameError });

const seconds = (least: number, most: number) =>
  number(`a number of seconds, ${least} to ${most}`, least, most);
const lasting = seconds(0, 604_800).default(0);

const common = {
  /** Told with the verdict. */
  name: checkName.refine((name) => name !== "costs", {
    error: "must not be costs, which is what nary:gate.costs is called in a verdict",
  }),
  /** What it means that there is nothing to read. */
  noData: z.enum(["bad", "wait", "ok"], {
    error: "must be bad, wait or ok: what it means for the release that there is nothing to read",
  }),
  /** Seconds for which it must be bad before the release is rejected. */
  forSeconds: lasting,
  /** Seconds with traffic before which it is not looked at; the promotion waits for it. */
  afterSeconds: lasting,
};

const most = 1e15;
/** The highest that is well: a limit of its own, or so many times what the other side has. */
const bounds = {
  limit: number(`a number, the highest that is well, from -${most} to ${most}`, -most, most).optional(),
  ratio: number(
    "how many times the other side's number the canary's may be, a number from 0.001 to 1000",
    0.001,
    1000,
  ).optional(),
};

function oneBound(given: { limit?: unknown; ratio?: unknown }, context: z.RefinementCtx): void {
  const { limit, ratio } = given;
  if ((limit === undefined) !== (ratio === undefined)) return;
  context.addIssue({ code: "custom", message: "must have either limit or ratio" });
}

/** A number of times: there is nothing to compare with, since production has had more time for them. */
const times = { limit: whole("a whole number, the highest that is well, at least 0", 0).default(0) };

const addressError =
  "must be the address of a Prometheus, such as http://prometheus.example:9090, without user, password and query";

const address = z.string({ error: addressError }).transform((given, context) => {
  const url = URL.parse(given);
  const isPlain = url !== null && url.username + url.password + url.search + url.hash === "";
  if (isPlain && ["http:", "https:"].includes(url.protocol)) return url;
  context.addIssue({ code: "custom", message: addressError });
  return z.NEVER;
});

const authTypes = ["basic", "bearer"] as const;
const auth = z.discriminatedUnion(
  "type",
  [
    z.strictObject({
      type: z.literal("basic"),
      user: text(256).refine((user) => user !== "" && !/[:\p{Cc}]/u.test(user), {
        error: "must be a user's name without a colon",
      }),
      passwordFrom: secretFrom,
    }),
    z.strictObject({ type: z.literal("bearer"), tokenFrom: secretFrom }),
  ],
  { error: `must have a type, one of: ${authTypes.join(", ")}` },
);

const query = text(8192).superRefine((given, context) => {
  const problem = given.trim() === "" ? "must be a query in PromQL" : queryProblem(given);
  if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
});

const eventLoopLag = z
  .strictObject({ type: z.literal("event-loop-lag"), ...common, ...bounds })
  .superRefine(oneBound);
const latency = z.strictObject({ type: z.literal("latency"), ...common, ...bounds }).superRefine(oneBound);
const restarts = z.strictObject({ type: z.literal("restarts"), ...common, ...times });
const outOfMemory = z.strictObject({ type: z.literal("out-of-memory"), ...common, ...times });
const failingChecks = z.strictObject({ type: z.literal("failing-checks"), ...common, ...times });

const prometheus = z
  .strictObject({
    type: z.literal("prometheus"),
    ...common,
    ...bounds,
    address,
    /** Gives one number; `$service`, `$job` and `$release` in its strings are the canary's. */
    query,
    /** The same of the other side, where that is not the same query with the other side's names. */
    otherQuery: query.optional(),
    /** Seconds between two questions. */
    everySeconds: seconds(0.5, 3600).default(5),
    /** Seconds after which an answer is given up. */
    timeoutSeconds: seconds(0.1, 60).default(3),
    auth: auth.optional(),
  })
  .superRefine((given, context) => {
    oneBound(given, context);
    if (given.ratio === undefined) {
      if (given.otherQuery === undefined) return;
      context.addIssue({
        code: "custom",
        path: ["otherQuery"],
        message: "is for a ratio, which is not given",
      });
    } else if (given.otherQuery === undefined && !hasPlaceholder(given.query)) {
      const message =
        "must have $service, $job or $release in it, or an otherQuery beside it: a ratio compares with the other side";
      context.addIssue({ code: "custom", path: ["query"], message });
    }
  });
export type PrometheusCheck = z.infer<typeof prometheus>;

const types = [
  "event-loop-lag",
  "latency",
  "restarts",
  "out-of-memory",
  "failing-checks",
  "prometheus",
] as const;

const gateCheck = z.discriminatedUnion(
  "type",
  [eventLoopLag, latency, restarts, outOfMemory, failingChecks, prometheus],
  {
    error: ({ input }) =>
      `must ${typeof input === "object" ? "be" : "have a type,"} one of: ${types.join(", ")}`,
  },
);
export type GateCheck = z.infer<typeof gateCheck>;

/** Guard rails beside the policy. */
export const gateChecks = z
  .array(gateCheck, { error: "must be a list of checks" })
  .max(50, { error: "must be at most 50 checks" })
  .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, {
    error: "must not have a name twice",
  })
  .default([]);

/** Whether a check needs the other side's number. */
export function comparesSides(checks: readonly GateCheck[]): boolean {
  return checks.some((check) => "ratio" in check && check.ratio !== undefined);
}

/** A check that is looked at after the end of the watch would never let a release be promoted. */
export function checksInTime(
  { checks, limitSeconds }: { checks: readonly GateCheck[]; limitSeconds: number },
  context: z.RefinementCtx,
): void {
  for (const [index, { afterSeconds }] of checks.entries()) {
    if (afterSeconds < limitSeconds) continue;
    const message = `must be below nary:gate.limitSeconds, which is ${limitSeconds}`;
    context.addIssue({ code: "custom", path: ["checks", index, "afterSeconds"], message });
  }
}
