import { isMap, isScalar, parseDocument, type Document } from "yaml";
import { SettingsError } from "../../settings/errors.ts";

/** By which a stack's secrets are encrypted; each stack has its own. */
const keyFields = ["secretsprovider", "encryptedkey", "encryptionsalt"] as const;

/**
 * The twin's stack file: all that the canary's file has, with the role `twin`, so that both sides start alike. How secrets
 * are encrypted stays the twin's own, and so do settings of others than Nary, such as a provider's token.
 *
 * @param files - what the two stacks' files hold; the twin's may be empty
 * @throws SettingsError where the twin has settings of Nary, or lacks a secret that it cannot read in the canary's file
 */
export function twinFile(files: { canary: string; twin: string }): string {
  const document = parseDocument(files.canary);
  const twin = parseDocument(files.twin);
  const secrets = secretKeys(document);
  const own = pairsOf(twin);
  const [stray] = own.filter(([key]) => isOfCanary(key) && !secrets.includes(key));
  if (stray !== undefined) {
    throw new SettingsError(
      `The twin's stack file has ${stray[0]}, but a twin is like the canary in all but its release: ` +
        `set it in the canary's file alone.`,
    );
  }
  const readable = hasKey(document) && keyOf(document) === keyOf(twin);
  const [missing] = readable ? [] : secrets.filter((key) => own.every(([given]) => given !== key));
  if (missing !== undefined) {
    throw new SettingsError(
      `The twin's stack has to have ${missing}, since it cannot read the canary's secrets. ` +
        `Give it with \`pulumi config set --secret ${missing}\`, with the twin's stack as --stack.`,
    );
  }
  for (const field of keyFields) {
    document.delete(field);
    if (twin.has(field)) document.set(field, twin.get(field));
  }
  for (const [key, value] of own) document.setIn(["config", key], value);
  document.setIn(["config", "nary:role"], "twin");
  return document.toString();
}

/** What stands under `config`. */
function pairsOf(document: Document): [key: string, value: unknown][] {
  const config = document.get("config");
  if (!isMap(config)) return [];
  return config.items.flatMap(({ key, value }): [string, unknown][] =>
    isScalar(key) ? [[String(key.value), value]] : [],
  );
}

/** Keys under `config` with a secret in their value, at whatever depth. */
const secretKeys = (document: Document): string[] =>
  pairsOf(document).flatMap(([key, value]) => (JSON.stringify(value).includes('"secure":') ? [key] : []));

const isOfCanary = (key: string) => key.startsWith("nary:") && key !== "nary:role";

/** Where the backend keeps the keys, a file tells of none, and stacks have different ones. */
const hasKey = (document: Document) => keyFields.some((field) => document.has(field));
const keyOf = (document: Document) => JSON.stringify(keyFields.map((field) => document.get(field)));
