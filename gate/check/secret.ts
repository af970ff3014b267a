import { readFile } from "node:fs/promises";
import type { SecretFrom } from "../../settings/secret-from.ts";
import { UsageError } from "../errors.ts";

/**
 * Reads a secret where the settings say it is; a file anew each time, since it may be renewed meanwhile.
 *
 * @throws UsageError where there is none, without a word of what is there
 */
export async function secretOf(from: SecretFrom, environment: NodeJS.ProcessEnv): Promise<string> {
  const where =
    "env" in from ? `the variable ${from.env} of the gate's environment` : `the file ${from.file}`;
  const text = "env" in from ? environment[from.env] : await contentOf(from.file);
  const secret = text?.trim() ?? "";
  if (secret === "") throw new UsageError(`${where} has no secret`);
  if (!/^[\x20-\x7e]*$/.test(secret)) throw new UsageError(`${where} has more than one line of plain text`);
  return secret;
}

async function contentOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch {
    return undefined;
  }
}
