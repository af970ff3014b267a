import { z } from "zod";
import { flag, number, text, whole } from "./loose.ts";
import { portLabel, urlPath } from "./names.ts";
import { word, words } from "./task.ts";

/** The two checks that each instance has. */
const ownChecks = ["liveness", "routing"] as const;

const nameError =
  "must be 1 to 64 letters, digits, dots, dashes and underscores, other than liveness and routing, which are there";

const seconds = number("a number of seconds, 1 to 3600", 1, 3600);
const times = whole("a whole number from 0 to 1000", 0, 1000).default(0);

const common = {
  name: z
    .string({ error: nameError })
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, { error: nameError })
    .refine((name) => !ownChecks.some((own) => own === name), { error: nameError }),
  /** Seconds between two checks. */
  intervalSeconds: seconds.default(10),
  /** Seconds after which an answer is given up. */
  timeoutSeconds: seconds.default(2),
  /** What a roll-out, and the start of canaries, makes of a check that fails. */
  onUpdate: z
    .enum(["require_healthy", "ignore_warnings", "ignore"], {
      error: "must be require_healthy, ignore_warnings or ignore",
    })
    .default("require_healthy"),
  /** Failures in a row, beyond the first, until Consul takes the instance for unhealthy. */
  failuresBeforeCritical: times,
  /** Successes in a row, beyond the first, until Consul takes the instance for healthy. */
  successBeforePassing: times,
};

const port = portLabel.optional();

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;
const headerError = "must be names of headers, each with a text on one line";

const http = z.strictObject({
  type: z.literal("http"),
  ...common,
  port,
  path: urlPath,
  method: z.enum(methods, { error: `must be one of: ${methods.join(", ")}` }).default("GET"),
  headers: z
    .record(
      z.string().regex(/^[A-Za-z0-9-]{1,128}$/),
      text(4096).pipe(z.string().regex(/^[^\p{Cc}]*$/u, { error: headerError })),
      { error: headerError },
    )
    .default({}),
  body: text(65_536).optional(),
  protocol: z.enum(["http", "https"], { error: "must be http or https" }).default("http"),
  tlsSkipVerify: flag.default(false),
});

const tcp = z.strictObject({ type: z.literal("tcp"), ...common, port });

const serviceError = "must be the name of a service, such as payments.v1.Health";

const grpc = z.strictObject({
  type: z.literal("grpc"),
  ...common,
  port,
  /** The service that is asked for by gRPC's health protocol; the whole server unless given. */
  service: z
    .string({ error: serviceError })
    .regex(/^[A-Za-z0-9_./-]{1,256}$/, { error: serviceError })
    .optional(),
  tls: flag.default(false),
  tlsSkipVerify: flag.default(false),
});

/** Run in a task of the instance: 0 is healthy, 1 a warning, all else a failure. */
const script = z.strictObject({
  type: z.literal("script"),
  ...common,
  command: word.pipe(z.string().min(1, { error: "must be a command" })),
  args: words,
  /** Name of the sidecar in which it runs; the task of the release unless given. */
  sidecar: z.string({ error: "must be the name of a sidecar" }).optional(),
});

const types = ["http", "tcp", "grpc", "script"] as const;

const check = z.discriminatedUnion("type", [http, tcp, grpc, script], {
  error: ({ input }) =>
    `must ${typeof input === "object" ? "be" : "have a type,"} one of: ${types.join(", ")}`,
});
export type HealthCheck = z.infer<typeof check>;

/** Health checks of each instance, beside its own two. */
export const checks = z
  .array(check, { error: "must be a list of checks" })
  .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, {
    error: "must not have a name twice",
  })
  .default([]);

/** Each check has to look at a port that there is. */
export function checksFit(
  given: { port: string; ports: Readonly<Record<string, unknown>>; checks: readonly HealthCheck[] },
  context: z.RefinementCtx,
): void {
  const labels = [...new Set([given.port, ...Object.keys(given.ports)])];
  for (const [index, each] of given.checks.entries()) {
    if (each.type === "script" || each.port === undefined || labels.includes(each.port)) continue;
    const message = `must be the label of a port of the instance, one of: ${labels.join(", ")}`;
    context.addIssue({ code: "custom", path: ["checks", index, "port"], message });
  }
}
