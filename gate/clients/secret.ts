import { readFileSync } from "node:fs";
import type { SecretFrom } from "../../settings/secret-from.ts";
import { UsageError } from "../errors.ts";

/**
 * Reads a secret where the settings say it is; a file anew each time, since it may be renewed meanwhile.
 *
 * @throws UsageError where there is none, without a word of what is there
 */
export function secretOf(from: SecretFrom, environment: NodeJS.ProcessEnv): string {
  const where =
    "env" in from ? `the variable ${from.env} of the gate's environment` : `the file ${from.file}`;
  const text = "env" in from ? environment[from.env] : contentOf(from.file);
  const secret = text?.trim() ?? "";
  if (secret === "") throw new UsageError(`${where} has no secret`);
  if (!/^[\x20-\x7e]*$/.test(secret)) throw new UsageError(`${where} has more than one line of plain text`);
  return secret;
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
