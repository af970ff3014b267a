import { z } from "zod";
import { variableName, variableNameError } from "./environment.ts";
import { flag } from "./loose.ts";

const pathError =
  "must be the path of a Nomad Variable: letters, digits and - _ ~ /, not starting or ending with a slash, and under " +
  "nomad/ only in nomad/jobs";
const itemError = "must be the name of an item: letters, digits and underscores, not starting with a digit";

const secret = z.strictObject(
  {
    /** Path of the Nomad Variable; `nomad/jobs/<service>` unless given. */
    path: z
      .string({ error: pathError })
      .regex(/^[A-Za-z0-9_~-]+(?:\/[A-Za-z0-9_~-]+)*$/, { error: pathError })
      .max(128, { error: pathError })
      .refine((path) => !/^nomad(?!\/jobs(?:\/|$))(?:\/|$)/.test(path), { error: pathError })
      .optional(),
    /** Its item. */
    item: z.string({ error: itemError }).regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, { error: itemError }),
  },
  { error: "must have an item of a Nomad Variable, and its path where that is not nomad/jobs/<service>" },
);

/** Variables of the environment whose text Nomad keeps: only where it is stands in the job. */
export const secrets = {
  secrets: z
    .record(variableName, secret, {
      error: (issue) =>
        issue.code === "invalid_key"
          ? variableNameError
          : "must be names of variables, each with an item of a Nomad Variable",
    })
    .default({}),
  /** Whether the jobs are given a policy by which they may read them: where Nomad's ACLs are on. */
  secretsPolicy: flag.default(false),
};
export type Secrets = z.infer<typeof secrets.secrets>;

/** Nobody should have to know which of the two would win. */
export function secretsFit(
  given: { env: Readonly<Record<string, string>>; secrets: Secrets },
  context: z.RefinementCtx,
): void {
  for (const name of Object.keys(given.secrets)) {
    if (!Object.hasOwn(given.env, name)) continue;
    const message = "must not be in env too";
    context.addIssue({ code: "custom", path: ["secrets", name], message });
  }
}
