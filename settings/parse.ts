import { z } from "zod";
import { SettingsError } from "./errors.ts";
import { fileSettings, settings, type Settings } from "./schema.ts";
import { environmentOf, type Environment } from "./stacks.ts";

const prefix = "nary:";

/** Something allowed for each key that has to be given; whoever got another one wrong can go back to its default. */
const examples: Readonly<Record<string, string>> = {
  service: "api",
  release: "registry.example/api@sha256:…",
  count: "8",
  task: "docker",
  "task.driver": "docker",
  "reschedule.type": "unlimited",
  "policy.type": "zero-errors",
  "policy.errorRate": "0.0001",
  "policy.confidence": "0.999",
  "policy.requests": "75000",
  haproxy: "8080",
  "haproxy.port": "8080",
  "haproxy.statsPort": "8404",
  "gate.checks[].type": "restarts",
  "gate.checks[].name": "restarts",
  "gate.checks[].noData": "wait",
  "gate.checks[].address": "http://prometheus.example:9090",
  "gate.steps[].share": "5%",
  "gate.steps[].goal": "1000",
};

/** The key inside an object by which the object is begun. */
const firstKeys: Readonly<Record<string, string>> = {
  task: "driver",
  haproxy: "port",
  "gate.steps[].goal": "requests",
};

/**
 * The settings of a stack, from its configuration as Pulumi hands it out.
 *
 * @param stack - the stack's name
 * @param configuration - keys with namespace (`nary:count`) to text; objects and lists as JSON
 * @throws SettingsError one sentence for each key that cannot be used
 */
export function parseSettings(
  stack: string,
  configuration: Readonly<Record<string, string>>,
): { environment: Environment; settings: Settings } {
  const { environment, role } = environmentOf(stack);
  const given = Object.fromEntries(
    Object.entries(configuration)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, text]) => [key.slice(prefix.length), plain(key, text)]),
  );
  if (role === "twin" && given["role"] === undefined) {
    throw new SettingsError(
      `The stack ${stack} has no settings of its own: \`nary release IMAGE -s ${environment.canary}\` brings it up and takes ` +
        `it away with those of ${environment.canary}, where nary:twin is true.`,
    );
  }
  const parsed = (given["jobspec"] === undefined ? settings : fileSettings).safeParse(given);
  if (!parsed.success) {
    throw new SettingsError(parsed.error.issues.map((issue) => sentence(stack, given, issue)).join("\n"), {
      cause: parsed.error,
    });
  }
  if (parsed.data.role !== role) {
    throw new SettingsError(
      `${fileOf(stack)}: nary:role is ${parsed.data.role}, but the stack's name says ${role}. ` +
        `Mend it with: pulumi config set nary:role ${role} --stack ${stack}`,
    );
  }
  return { environment, settings: parsed.data };
}

/** Names stay text even where they look like numbers; all else is what its JSON says. */
const textKeys: ReadonlySet<string> = new Set([
  "nary:service",
  "nary:renameFrom",
  "nary:jobspec",
  "nary:release",
  "nary:port",
  "nary:namespace",
  "nary:nodePool",
]);

function plain(key: string, text: string): unknown {
  if (textKeys.has(key)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function fileOf(stack: string): string {
  return `Pulumi.${stack.split("/").at(-1) ?? stack}.yaml`;
}

function sentence(stack: string, given: unknown, issue: z.core.$ZodIssue): string {
  const file = fileOf(stack);
  if (issue.code === "unrecognized_keys") {
    const where = context(given, issue.path);
    return issue.keys
      .map((name) => {
        const path = written([...issue.path, name]);
        return `${file}: ${prefix}${path} is not a setting${where} (docs/settings.md has them). Remove it with: ${removal(stack, path)}`;
      })
      .join("\n");
  }
  const path = written(issue.path);
  const value = at(given, issue.path);
  const state = value === undefined ? "missing" : `${shown(value)}: it ${issue.message}`;
  return `${file}: ${prefix}${path} is ${state}. ${mending(stack, path)}`;
}

const shownLength = 100;

function shown(value: unknown): string {
  // An address may have a password in it.
  const text = JSON.stringify(value).replaceAll(/\/\/[^/@\s"]*@/g, "//…@");
  return text.length > shownLength ? `${text.slice(0, shownLength)}…` : text;
}

function mending(stack: string, path: string): string {
  const general = path.replaceAll(/\[\d+\]/g, "[]");
  const example = path === "role" ? environmentOf(stack).role : examples[general];
  if (example === undefined) return `Mend it, or go back to the default with: ${removal(stack, path)}`;
  const first = firstKeys[general];
  const key = first === undefined ? path : `${path}.${first}`;
  return `Mend it with: pulumi config set ${option(key)} ${example} --stack ${stack}`;
}

const removal = (stack: string, path: string) => `pulumi config rm ${option(path)} --stack ${stack}`;

/** A shell would take brackets, and whatever else a key may have, for more than text. */
function option(path: string): string {
  const key = `${prefix}${path}`;
  const word = /^[\w:.-]+$/.test(key) ? key : `'${key.replaceAll("'", "'\\''")}'`;
  return `${/[.[]/.test(path) ? "--path " : ""}${word}`;
}

/** A path as Pulumi's `--path` has it: `constraints[0].value`, `env["A B"]`. */
function written(path: readonly PropertyKey[]): string {
  return path.reduce<string>((before, part) => {
    if (typeof part === "number") return `${before}[${part}]`;
    const name = String(part);
    if (/[.[\]"]/.test(name)) return `${before}[${JSON.stringify(name)}]`;
    return before === "" ? name : `${before}.${name}`;
  }, "");
}

/** Which member of a union the stray key stood in, so that docker's words under raw_exec are explained. */
function context(given: unknown, path: readonly PropertyKey[]): string {
  if (path[0] === "task") return ` of the driver ${JSON.stringify(at(given, ["task", "driver"]))}`;
  if (path[0] === "reschedule") return ` of the type ${JSON.stringify(at(given, ["reschedule", "type"]))}`;
  if (path[0] === "haproxy" && path[1] === "placement")
    return ` of the type ${JSON.stringify(at(given, [...path, "type"]))}`;
  if (path[0] === "gate" && path[1] === "checks" && path.length === 3)
    return ` of the type ${JSON.stringify(at(given, [...path, "type"]))}`;
  if (path.length === 0) {
    const role = ` of the role ${JSON.stringify(at(given, ["role"]))}`;
    return at(given, ["jobspec"]) === undefined
      ? role
      : `${role} beside nary:jobspec, since that file says how the release runs`;
  }
  return "";
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, key) => {
    if (typeof inner !== "object" || inner === null) return undefined;
    return Reflect.get(inner, key);
  }, value);
}
