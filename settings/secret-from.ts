import { z } from "zod";
import { text } from "./loose.ts";

const envError = "must be the name of a variable of the gate's environment";
const error = "must be where the gate finds it: { env: NAME } or { file: /path }";

const fromEnv = z.strictObject({
  env: z.string({ error: envError }).regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, { error: envError }),
});
const fromFile = z.strictObject({
  file: text(4096).refine((path) => path.startsWith("/"), { error: "must be the whole path of a file" }),
});

/** Where the gate finds a secret, which never stands in a stack's file itself. */
export const secretFrom = z.union([fromEnv, fromFile], { error });
export type SecretFrom = z.infer<typeof secretFrom>;
