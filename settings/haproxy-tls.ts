import { z } from "zod";
import { flag, fromText } from "./loose.ts";
import { portNumber } from "./names.ts";

const certificateError =
  "must be a file of HAProxy's client, as { path }, or an item of a Nomad Variable, as { variable, item }";

const path = z
  .string({ error: "must be the absolute path of a file on HAProxy's client, without spaces" })
  .regex(/^\/[A-Za-z0-9._/@+-]{1,1023}$/, {
    error: "must be the absolute path of a file on HAProxy's client, without spaces",
  })
  .brand<"CertificatePath">();

const variable = z
  .string({ error: "must be the path of a Nomad Variable, such as nomad/jobs/api-haproxy" })
  .regex(/^[A-Za-z0-9_~][A-Za-z0-9_~/-]{0,127}$/, {
    error: "must be the path of a Nomad Variable, such as nomad/jobs/api-haproxy",
  })
  .brand<"VariablePath">();

const item = z
  .string({ error: "must be the name of an item: letters, digits and underscores" })
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, {
    error: "must be the name of an item: letters, digits and underscores",
  })
  .brand<"VariableItem">();

/** A PEM bundle of certificate, chain and private key. */
const certificate = z.union([z.strictObject({ path }), z.strictObject({ variable, item })], {
  error: certificateError,
});
export type Certificate = z.infer<typeof certificate>;

/** TLS on the frontend, which is on once there is a certificate. */
export const tls = z.strictObject({
  /** PEM bundles; the first one is for clients that ask for no name, or for another. */
  certificates: z
    .array(certificate, { error: "must be a list of certificates" })
    .max(100, { error: "must be at most 100 certificates" })
    .default([]),
  minVersion: z.enum(["TLSv1.2", "TLSv1.3"], { error: "must be TLSv1.2 or TLSv1.3" }).default("TLSv1.2"),
  /** Whether clients may choose HTTP/2. */
  http2: flag.default(true),
  /** Port on which plain requests are sent on to https. */
  redirectPort: fromText(portNumber).optional(),
});
export type Tls = z.infer<typeof tls>;
