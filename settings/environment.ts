import { z } from "zod";
import { text } from "./loose.ts";

/** The name of a variable of the environment that is not Nary's own. */
export const variableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/)
  .refine((name) => !name.startsWith("NARY_"));

export const variableNameError =
  "must be the name of a variable: letters, digits and underscores, not starting with a digit or with NARY_";

/** Plain environment of a task; no place for secrets. */
export const env = z
  .record(variableName, text(32_768), {
    error: (issue) =>
      issue.code === "invalid_key" ? variableNameError : "must be names of variables, each with a text",
  })
  .default({});
