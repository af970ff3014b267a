import assert from "node:assert/strict";
import { SettingsError } from "../../../settings/errors.ts";
import { parseSettings } from "../../../settings/parse.ts";
import type { Role } from "../../../settings/stacks.ts";

/** What stands under `nary:` in a stack's file. */
export type StackFile = Readonly<Record<string, unknown>>;

const shared = { service: "api", count: 8, task: { driver: "docker" } };

/** The least that a role needs. */
export function minimal(role: Role): StackFile {
  switch (role) {
    case "canary":
    case "twin":
      return { role, ...shared };
    case "production":
      return { role, ...shared, haproxy: { port: 8080, statsPort: 8404 } };
  }
}

/** As Pulumi hands out the file: text, objects and lists as JSON. */
export function configuration(file: StackFile): Record<string, string> {
  return Object.fromEntries(
    Object.entries(file).map(([key, value]) => [
      `nary:${key}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}

/** The settings of a stack that is named after its role. */
export function parse(file: StackFile) {
  const { settings } = parseSettings(String(file["role"]), configuration(file));
  assert.ok("task" in settings);
  return settings;
}

/** Without which the others inside could not stand alone. */
const typesOf: StackFile = { policy: "zero-errors", reschedule: "unlimited", placement: "service" };
const typesOfPolicy: StackFile = {
  type: "zero-errors",
  errorRate: "zero-errors",
  confidence: "zero-errors",
  requests: "zero-errors",
  acceptable: "error-budget",
  unacceptable: "error-budget",
};

/** The file with the policy that has the setting. */
export function withPolicyOf(file: StackFile, key: string): StackFile {
  const [first, second = ""] = key.split(".");
  return first === "policy" ? { ...file, policy: { type: typesOfPolicy[second] ?? "baseline" } } : file;
}

/** The file with one setting more, by its documented key and in its documented spelling. */
export function withSetting(file: StackFile, key: string, text: string): StackFile {
  return put(withPolicyOf(file, key), key.split("."), plain(text));
}

function put(file: StackFile, [first = "", ...rest]: readonly string[], value: unknown): StackFile {
  if (rest.length === 0) return { ...file, [first]: value };
  const type = typesOf[first];
  const inner = { ...(type === undefined ? {} : { type }), ...objectIn(file, first) };
  return { ...file, [first]: put(inner, rest, value) };
}

/** The file without a setting; undefined when it has none to take away. */
export function withoutSetting(file: StackFile, key: string): StackFile | undefined {
  return take(file, key.split("."));
}

function take(file: StackFile, [first = "", ...rest]: readonly string[]): StackFile | undefined {
  const { [first]: value, ...others } = file;
  if (value === undefined || rest.length === 0) return value === undefined ? undefined : others;
  const inner = take(objectIn(file, first), rest);
  return inner && { ...others, [first]: inner };
}

function objectIn(file: StackFile, key: string): StackFile {
  const value = file[key];
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function plain(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** What a canary's stack with these settings is refused for. */
export function refusal(changes: StackFile): string {
  try {
    parse({ ...minimal("canary"), ...changes });
  } catch (error) {
    assert.ok(error instanceof SettingsError);
    return error.message;
  }
  throw new Error("They were accepted.");
}
