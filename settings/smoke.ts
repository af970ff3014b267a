import { z } from "zod";
import { checkName } from "./gate-checks.ts";
import { number, text, whole } from "./loose.ts";
import { secretFrom } from "./secret-from.ts";

const seconds = (least: number, most: number) =>
  number(`a number of seconds, ${least} to ${most}`, least, most);

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;

const pathError =
  "must be a path, with a query or without, such as /health or /search?q=x: no spaces, no fragment, other characters as %20";
const path = z
  .string({ error: pathError })
  .regex(/^\/(?!\/)[A-Za-z0-9._~!$&'()*+,;=:@%/?-]{0,2047}$/, { error: pathError });

/** Those that belong to the connection. */
const ownHeaders: ReadonlySet<string> = new Set([
  ...["connection", "content-length", "expect", "keep-alive"],
  ...["te", "trailer", "transfer-encoding", "upgrade"],
]);
/** Those that hold nothing but secrets. */
const secretHeaders: ReadonlySet<string> = new Set(["authorization", "proxy-authorization"]);

const headerError =
  "must be the name of a header, such as accept, and not one that belongs to the connection";
const header = z
  .string({ error: headerError })
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, { error: headerError })
  .refine((name) => !ownHeaders.has(name.toLowerCase()), { error: headerError });

const valueError = "must be one line of plain text";
const headerValue = text(4096).refine((value) => /^[\x20-\x7e]*$/.test(value), { error: valueError });

const headersOf = <Value extends z.ZodType>(value: Value, error: string) =>
  z
    .record(header, value, { error: ({ code }) => (code === "invalid_key" ? headerError : error) })
    .default({});

const statusError = "must be a status of HTTP, a whole number from 100 to 599, or a list of such";
const status = whole("a status of HTTP, a whole number from 100 to 599", 100, 599);
const statuses = z
  .union(
    [
      status.transform((one) => [one]),
      z.array(status).min(1, { error: statusError }).max(50, { error: statusError }),
    ],
    { error: statusError },
  )
  .prefault(200);

const smokeTest = z
  .strictObject(
    {
      /** Told with the verdict. */
      name: checkName,
      method: z.enum(methods, { error: `must be one of: ${methods.join(", ")}` }).default("GET"),
      path,
      /** Of the port of the traffic; that of the counts where they are told there, else http, unless given. */
      scheme: z.enum(["http", "https"], { error: "must be http or https" }).optional(),
      headers: headersOf(headerValue, "must be names of headers, each with its text"),
      /** Headers whose text the gate finds elsewhere. */
      headersFrom: headersOf(
        secretFrom,
        "must be names of headers, each with where the gate finds its text: { env: NAME } or { file: /path }",
      ),
      body: text(65_536).optional(),
      /** Those that are expected. */
      status: statuses,
      /** What the answer must have in it: of objects these keys, of lists all. */
      json: z.json().optional(),
      /** What the answer's text must have in it. */
      bodyHas: text(4096)
        .refine((part) => part !== "", { error: "must be text" })
        .optional(),
      /** Good answers in a row. */
      passes: whole("a whole number of good answers in a row, 1 to 100", 1, 100).default(1),
      /** Seconds after which an answer is given up. */
      timeoutSeconds: seconds(0.1, 60).default(5),
      /** Seconds between two tries. */
      intervalSeconds: seconds(0.05, 60).default(0.5),
    },
    { error: "must be a test: { name, path, … }" },
  )
  .superRefine(({ method, headers, headersFrom, body, json, bodyHas }, context) => {
    const issue = (key: PropertyKey[], message: string, isSecret = false) => {
      context.addIssue({ code: "custom", path: key, message, params: { isSecret } });
    };
    if (body !== undefined && (method === "GET" || method === "HEAD"))
      issue(["body"], `must be left out with the method ${method}`);
    if (method === "HEAD" && json !== undefined) issue(["json"], "must be left out with the method HEAD");
    if (method === "HEAD" && bodyHas !== undefined)
      issue(["bodyHas"], "must be left out with the method HEAD");
    const seen = new Set<string>();
    for (const [key, names] of Object.entries({ headers, headersFrom })) {
      for (const name of Object.keys(names)) {
        const lower = name.toLowerCase();
        if (key === "headers" && secretHeaders.has(lower))
          issue([key, name], "must be in headersFrom: a secret never stands in a stack's file", true);
        if (seen.has(lower)) issue([key, name], "must not be given twice");
        seen.add(lower);
      }
    }
  });
export type SmokeTest = z.output<typeof smokeTest>;

/** What a canary must pass before it gets traffic. */
export const smoke = z
  .array(smokeTest, { error: "must be a list of tests" })
  .max(50, { error: "must be at most 50 tests" })
  .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, {
    error: "must not have a name twice",
  })
  .default([]);

/** In which all tests must have passed on all instances. */
export const smokeSeconds = seconds(1, 3600).default(60);

/** Tests that take longer by themselves than they may would never pass. */
export function smokeInTime(
  { smoke: tests, smokeSeconds: most }: { smoke: readonly SmokeTest[]; smokeSeconds: number },
  context: z.RefinementCtx,
): void {
  const least = tests.reduce((sum, { passes, intervalSeconds }) => sum + (passes - 1) * intervalSeconds, 0);
  if (least < most) return;
  const message = `must be above ${least}, the seconds between the tries of nary:gate.smoke when all answers are good`;
  context.addIssue({ code: "custom", path: ["smokeSeconds"], message });
}
