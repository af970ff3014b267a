import { z } from "zod";
import { flag, fromText } from "./loose.ts";
import { bindAddress, portNumber, registeredName, serviceName } from "./names.ts";

const nameError = "must be 1 to 32 lower-case letters, digits and dashes, starting with a letter";

const shared = {
  name: z.string({ error: nameError }).regex(/^[a-z][a-z0-9-]{0,31}$/, { error: nameError }),
  bind: bindAddress.default(bindAddress.parse("127.0.0.1")),
  port: fromText(portNumber),
  /** Whether it speaks TLS, with HAProxy's certificates. */
  tls: flag.default(false),
};

/** A further place on which HAProxy listens. */
const listener = z.discriminatedUnion(
  "mode",
  [
    z.strictObject({
      mode: z.literal("http"),
      ...shared,
      /** The service that gets all its requests; the same routing as that of the main frontend unless given. */
      to: serviceName.optional(),
    }),
    z.strictObject({
      mode: z.literal("tcp"),
      ...shared,
      /** Name in Consul of what gets its connections. */
      to: registeredName,
    }),
  ],
  { error: "must have a mode, http or tcp" },
);
export type Listener = z.infer<typeof listener>;

export const listeners = z
  .array(listener, { error: "must be a list of listeners" })
  .max(100, { error: "must be at most 100 listeners" })
  .default([]);
