import { access } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Option, type Command } from "commander";
import { z } from "zod";
import { Stacks } from "../../gate/act/stacks.ts";
import { Consul } from "../../gate/clients/consul.ts";
import { UsageError } from "../../gate/errors.ts";
import type { Place } from "../../gate/people/ask.ts";
import { SettingsError } from "../../settings/errors.ts";
import { serviceName, type ServiceName } from "../../settings/names.ts";
import { keysOf } from "../../settings/records.ts";
import { environmentName, environmentOf, type EnvironmentName } from "../../settings/stacks.ts";
import { serversOf, type Server } from "../servers.ts";

const options = z.object({
  service: z.string().optional(),
  environment: z.string().optional(),
  stack: z.string().optional(),
  cwd: z.string().optional(),
  json: z.boolean().default(false),
  verbose: z.boolean().default(false),
});
export type ReachOptions = z.infer<typeof options>;

/** The options of the commands that people look and ask with. */
export function withReach(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--service <name>",
        "the service, in the Consul of CONSUL_HTTP_ADDR: needs no project",
      ).conflicts(["stack", "cwd"]),
    )
    .addOption(
      new Option("--environment <name>", "its environment, beside --service; `default` unless given"),
    )
    .addOption(
      new Option(
        "-s, --stack <stack>",
        "or one of its stacks, in the project's folder; `canary` unless given",
      ),
    )
    .addOption(new Option("-C, --cwd <folder>", "the folder of the Pulumi project; here unless given"))
    .addOption(new Option("--json", "JSON, one object a line"))
    .addOption(new Option("--verbose", "show the causes of an error"));
}

export const reachOptionsOf = (command: Command): ReachOptions => options.parse(command.opts());

/** A service whose records can be read. */
export type Reached = Place & { service: ServiceName; environment: EnvironmentName };

type Where = { service: ServiceName; environment: EnvironmentName; server: Server };

/** Finds the service and its Consul, works with it, and closes it. */
export async function withReached<T>(
  given: ReachOptions,
  signal: AbortSignal,
  work: (reached: Reached) => Promise<T>,
): Promise<T> {
  const { service, environment, server } = await whereOf(given);
  const consul = new Consul(server.address, server.token, server.place);
  try {
    await consul.check(signal);
    const keys = keysOf(environment, service);
    const [known] = await consul.keys(keys.run, signal);
    if (known === undefined) {
      throw new UsageError(
        `The Consul at ${server.address.origin} has no record of the service ${service} in the environment ` +
          `${environment}: nothing was released there yet, or the service, the environment or the address is another one.`,
      );
    }
    return await work({ consul, keys, service, environment });
  } finally {
    await consul.close();
  }
}

async function whereOf({ service, environment, stack, cwd }: ReachOptions): Promise<Where> {
  if (service !== undefined) {
    return {
      service: named("--service", serviceName, service),
      environment: named("--environment", environmentName, environment ?? "default"),
      server: serversOf({}, process.env).consul,
    };
  }
  if (environment !== undefined)
    throw new UsageError("--environment is for --service: name the service too, or name a stack with -s.");
  const folder = resolve(cwd ?? ".");
  if (stack === undefined && cwd === undefined && !(await isProject(folder))) {
    throw new UsageError(
      "Which service? Name it: --service NAME --environment NAME, with CONSUL_HTTP_ADDR where its Consul is; or go to the " +
        "folder of its project, or name that with -C.",
    );
  }
  return await ofProject(folder, stack ?? "canary");
}

async function ofProject(folder: string, stack: string): Promise<Where> {
  const { environment } = environmentOf(stack);
  const stacks = await Stacks.open(folder, () => undefined);
  const { values: configuration } = await stacks.configuration(stack);
  const given = configuration["nary:service"];
  if (given === undefined) throw new SettingsError(`nary:service is missing in ${stack}.`);
  return {
    service: named(`nary:service of ${stack}`, serviceName, given),
    environment: environment.name,
    server: serversOf(configuration, process.env).consul,
  };
}

async function isProject(folder: string): Promise<boolean> {
  return await access(join(folder, "Pulumi.yaml")).then(
    () => true,
    () => false,
  );
}

function named<Schema extends z.ZodType>(what: string, schema: Schema, text: string): z.output<Schema> {
  const parsed = schema.safeParse(text);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UsageError(`${what} is ${JSON.stringify(text)}: it ${issue?.message ?? "cannot be used"}.`);
}
