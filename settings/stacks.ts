import { z } from "zod";
import { SettingsError } from "./errors.ts";

export const roles = ["canary", "twin", "production"] as const;
export type Role = (typeof roles)[number];

export const stackName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/)
  .brand<"StackName">();
export type StackName = z.infer<typeof stackName>;

/** The name that the stacks of an environment share; "default" for the plain stacks `canary` and `production`. */
export const environmentName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/)
  .brand<"EnvironmentName">();
export type EnvironmentName = z.infer<typeof environmentName>;

/** The stacks of one program that release one service. */
export type Environment = {
  name: EnvironmentName;
  canary: StackName;
  /** Beside the canary, with the release that production runs; only where the canary's settings ask for a twin. */
  twin: StackName;
  production: StackName;
};

/**
 * The environment and the role that a stack's name tells.
 *
 * @param stack - such as `canary`, `production`, `local-canary` or `organization/project/local-canary`
 * @throws SettingsError when the name ends in neither role
 */
export function environmentOf(stack: string): { environment: Environment; role: Role } {
  const name = stack.split("/").at(-1) ?? "";
  const role = roles.find((candidate) => name === candidate || name.endsWith(`-${candidate}`));
  const prefix = role === undefined ? "" : name.slice(0, name.length - role.length);
  const parsed = stackName.safeParse(name);
  if (role === undefined || !parsed.success || prefix === "-") {
    throw new SettingsError(
      `The stack ${JSON.stringify(stack)} has no role: its name must be canary, twin or production, ` +
        "or end in -canary, -twin or -production, such as staging-canary.",
    );
  }
  return {
    role,
    environment: {
      name: environmentName.parse(prefix === "" ? "default" : prefix.slice(0, -1)),
      canary: stackName.parse(`${prefix}canary`),
      twin: stackName.parse(`${prefix}twin`),
      production: stackName.parse(`${prefix}production`),
    },
  };
}
