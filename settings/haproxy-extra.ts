import { z } from "zod";

/** Words that begin a section, up to HAProxy 3.2. */
const sections: ReadonlySet<string> = new Set([
  "acme",
  "backend",
  "cache",
  "crt-store",
  "defaults",
  "fcgi-app",
  "frontend",
  "global",
  "http-errors",
  "listen",
  "log-forward",
  "log-profile",
  "mailers",
  "namespace_list",
  "peers",
  "program",
  "resolvers",
  "ring",
  "traces",
  "userlist",
]);

const lineError =
  "must be one line of HAProxy's configuration, at most 1000 characters long, that begins with a plain word";

/**
 * One line of HAProxy's configuration. Its first word has to stand there as it is, since HAProxy undoes quotes,
 * backslashes and variables before it looks whether a section begins.
 */
const line = z
  .string({ error: lineError })
  .max(1000, { error: lineError })
  .transform((given) => given.trim())
  .pipe(
    z
      .string()
      .regex(
        /^(?:(?:no|default) +)?[a-z0-9][a-z0-9._-]*(?: [^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]*[^\\\p{Cc}\p{Cs}\p{Zl}\p{Zp}])?$/u,
        {
          error: lineError,
        },
      )
      .refine((given) => !beginsSection(given), {
        error: "must not begin a section of HAProxy's configuration",
      }),
  )
  .brand<"HaproxyLine">();
export type HaproxyLine = z.infer<typeof line>;

function beginsSection(given: string): boolean {
  const [first = "", second = ""] = given.split(/ +/, 2);
  return sections.has(first === "no" || first === "default" ? second : first);
}

const lines = z
  .array(line, { error: "must be a list of lines" })
  .max(100, { error: "must be at most 100 lines" })
  .default([]);

/** What HAProxy can and these settings do not name, for the end of each section. */
export const extra = z.strictObject({
  global: lines,
  defaults: lines,
  frontend: lines,
  backend: lines,
});
