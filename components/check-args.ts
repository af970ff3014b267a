import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";

/**
 * A component's arguments, checked and with defaults.
 *
 * @throws pulumi.InputPropertiesError naming each property that cannot be used
 */
export function checkArgs<Schema extends z.ZodType>(
  component: string,
  schema: Schema,
  args: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(args);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ path, message }) => ({
    propertyPath: path.join("."),
    reason: message,
  }));
  // A program that fails shows the message alone.
  const reasons = errors.map(({ propertyPath, reason }) => `${propertyPath} ${reason}`).join("; ");
  throw new pulumi.InputPropertiesError({
    message: `${component} has arguments that cannot be used: ${reasons}`,
    errors,
  });
}
