import { z } from "zod";
import { flag, fromText } from "./loose.ts";
import { portLabel, portNumber } from "./names.ts";

const port = "must be a port, a whole number from 1 to 65535, or the label of a port of the job";

const file = z
  .string({ error: "must be the path of a file on the gate's machine" })
  .regex(/^[^\0\r\n]{1,4096}$/, { error: "must be the path of a file on the gate's machine" });

const serverName = "must be the host name that stands in the certificate, such as api.example.com";

const tls = z
  .strictObject({
    /** PEM certificates that an instance's may be signed with; those that Node trusts unless given. */
    caFile: file.optional(),
    /** PEM certificate, and chain, that the gate shows. */
    certFile: file.optional(),
    /** PEM private key of it. */
    keyFile: file.optional(),
    /** Host name that stands in the certificates of the instances; their address unless given. */
    serverName: z
      .string({ error: serverName })
      .regex(/^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)*$/, {
        error: serverName,
      })
      .optional(),
    /** Whether any certificate will do. */
    skipVerify: flag.default(false),
  })
  .superRefine(({ certFile, keyFile }, context) => {
    if ((certFile === undefined) === (keyFile === undefined)) return;
    const [given, missing] = certFile === undefined ? ["keyFile", "certFile"] : ["certFile", "keyFile"];
    context.addIssue({ code: "custom", path: [given], message: `must come with ${missing}` });
  });

/** Those that belong to the connection, or by which the gate says what it can read. */
const ownHeaders: ReadonlySet<string> = new Set([
  ...["accept", "connection", "content-length", "expect", "host", "keep-alive"],
  ...["te", "trailer", "transfer-encoding", "upgrade"],
]);
const headerName = "must be the name of a header, such as authorization, and not one that the gate sets";

const headerFrom = z
  .strictObject(
    {
      name: z
        .string({ error: headerName })
        .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, { error: headerName })
        .refine((name) => !ownHeaders.has(name.toLowerCase()), { error: headerName }),
      /** Variable of the gate's environment that holds its text. */
      env: z
        .string({ error: "must be the name of a variable of the gate's environment" })
        .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, {
          error: "must be the name of a variable of the gate's environment",
        })
        .optional(),
      /** Or a file on the gate's machine that holds it. */
      file: file.optional(),
    },
    { error: "must have a name, and env or file" },
  )
  .transform(({ name, env, file: path }, context) => {
    if (env !== undefined && path === undefined) return { name, from: { env } };
    if (path !== undefined && env === undefined) return { name, from: { file: path } };
    const message = "must have either env or file, which holds the header's text";
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  });

/** How the gate asks instances for their counts, beside the route (`counterPath`). */
export const counter = z
  .strictObject({
    /** Another port than the one of the traffic: a number, or its label in the job. */
    port: fromText(z.union([portNumber, portLabel], { error: port })).optional(),
    scheme: z.enum(["http", "https"], { error: "must be http or https" }).default("http"),
    tls: tls.prefault({}),
    /** A header sent with each question, such as a token. */
    headerFrom: headerFrom.optional(),
  })
  .superRefine(({ scheme, tls: given }, context) => {
    if (scheme === "https") return;
    for (const [key, value] of Object.entries(given)) {
      if (value === undefined || value === false) continue;
      const message = "must be left out where nary:counter.scheme is not https";
      context.addIssue({ code: "custom", path: ["tls", key], message });
    }
  });
export type CounterSettings = z.infer<typeof counter>;
