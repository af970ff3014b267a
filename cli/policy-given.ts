import { readFile } from "node:fs/promises";
import { parse as parseYaml } from "yaml";
import { reasonOf, UsageError } from "../gate/errors.ts";
import { policy, type Policy } from "../settings/policy.ts";

/** A policy given on the command line: as JSON, or as the name of a file with it in YAML or JSON. */
export async function policyGiven(given: string): Promise<Policy> {
  const isText = given.trimStart().startsWith("{");
  const where = isText ? "--policy" : `--policy ${given}`;
  const parsed = policy.safeParse(await valueOf(given, isText, where));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path.map(String).join(".") ?? "";
  const what =
    issue?.code === "unrecognized_keys"
      ? `has ${issue.keys.join(", ")}, which is no setting of this policy`
      : `${path === "" ? "" : `${path} `}${issue?.message ?? ""}`;
  throw new UsageError(`${where}: ${what}. It is what stands under nary:policy (docs/settings.md).`);
}

async function valueOf(given: string, isText: boolean, where: string): Promise<unknown> {
  try {
    return isText ? JSON.parse(given) : parseYaml(await readFile(given, "utf8"));
  } catch (error) {
    throw new UsageError(
      `${where} cannot be read: ${reasonOf(error)}. Give a policy as JSON, such as '{"type":"zero-errors"}', or a YAML file with it.`,
      { cause: error },
    );
  }
}
