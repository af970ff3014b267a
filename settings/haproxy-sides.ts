import { z } from "zod";
import { flag, number, whole } from "./loose.ts";

const headerName = z
  .string({ error: "must be the name of a header" })
  .regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, {
    error: "must be the name of a header: letters, digits and dashes",
  })
  .brand<"HeaderName">();

const cookieName = z
  .string({ error: "must be the name of a cookie" })
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, {
    error: "must be the name of a cookie: letters, digits, dashes and underscores",
  })
  .brand<"CookieName">();

/** By what a request says to which side it wants: `canary` or `stable`. */
const force = z
  .strictObject({ header: headerName.optional(), cookie: cookieName.optional() })
  .refine(({ header, cookie }) => header !== undefined || cookie !== undefined, {
    error: "must have a header or a cookie",
  });

/** How a client stays on the side that answered it first. */
const sticky = z.strictObject(
  {
    cookie: cookieName,
    /** Seconds for which it stays; until the browser is closed unless given. */
    seconds: whole("a whole number of seconds, at least 1", 1, 34_560_000).optional(),
  },
  { error: "must have a cookie" },
);

/** Settings of HAProxy that say which side, stable servers or canaries, answers a request. */
export const haproxySides = {
  force: force.optional(),
  sticky: sticky.optional(),
  /** Whether another server is asked, while there are canaries, when one answers GET or HEAD with a server error. */
  shield: flag.default(true),
  /** Seconds in which a server that was down comes back to its full share; 0 is at once. */
  slowStartSeconds: number("a number of seconds, 0 to 3600", 0, 3600).default(0),
} as const;
