import { z } from "zod";

/*
 * Pulumi hands out what stands in a stack's file in the type that it had there: `--path nary:env.WORKERS 4` gives a
 * number where text is meant, and a value given with --secret is always text. Both are taken for what was meant.
 */

const isNumeric = (value: unknown) => typeof value === "string" && /^-?\d+(?:\.\d+)?$/.test(value);
const numeric = (value: unknown) => (isNumeric(value) ? Number(value) : value);

/** A whole number. */
export const whole = (allowed: string, least: number, most = Number.MAX_SAFE_INTEGER) =>
  z.preprocess(numeric, within(z.int({ error: `must be ${allowed}` }), allowed, least, most));

/** A number, with a fraction or without. */
export const number = (allowed: string, least: number, most: number) =>
  z.preprocess(numeric, within(z.number({ error: `must be ${allowed}` }), allowed, least, most));

const within = (schema: z.ZodNumber, allowed: string, least: number, most: number) =>
  schema.min(least, { error: `must be ${allowed}` }).max(most, { error: `must be ${allowed}` });

/** What a schema of a number takes, from text too. */
export const fromText = <Schema extends z.ZodType>(schema: Schema) => z.preprocess(numeric, schema);

/** Text of a bounded length. */
export const text = (most: number) =>
  z.preprocess(
    (value) => (typeof value === "number" || typeof value === "boolean" ? String(value) : value),
    z
      .string({ error: "must be text" })
      .max(most, { error: `must be at most ${most} characters long` })
      // Neither an environment nor a command line can hold a zero byte.
      .refine((value) => !value.includes("\0"), { error: "must not hold a zero byte" }),
  );

/** True or false. */
export const flag = z.preprocess(
  (value) => (value === "true" ? true : value === "false" ? false : value),
  z.boolean({ error: "must be true or false" }),
);
