import type { ConfigEntry } from "../../settings/consul-entries.ts";
import { nodeOf, type ExternalService } from "../../settings/consul-external.ts";
import { haproxyName, type ServiceName } from "../../settings/names.ts";
import { keysOf, ownersOf, serviceNamesOf } from "../../settings/records.ts";
import { roles, type EnvironmentName } from "../../settings/stacks.ts";
import { namesOf } from "../job/workload.ts";

/** One right in Consul. Names are brands of `settings/`, in which nothing ends a quoted text. */
export type ConsulRight = {
  resource: "key" | "key_prefix" | "service" | "intentions" | "node" | "node_prefix" | "session_prefix";
  name: string;
  policy: "read" | "write";
};

export type Whose = { environment: EnvironmentName; service: ServiceName };
export type Declares = { configEntries: readonly ConfigEntry[]; external: readonly ExternalService[] };

/** To watch a release: the gate's reads. */
export function consulWatch({ environment, service }: Whose): ConsulRight[] {
  const keys = keysOf(environment, service);
  return [
    { resource: "key_prefix", name: keys.run, policy: "read" },
    { resource: "key_prefix", name: keys.allDeclared, policy: "read" },
    // Production too: a canary may be compared with it.
    ...roles.map((role): ConsulRight => ({
      resource: "service",
      name: namesOf(service, role).service,
      policy: "read",
    })),
    // What HAProxy counts is the second witness.
    { resource: "service", name: haproxyName(service), policy: "read" },
    // Canaries may be on any node; an instance whose node cannot be read is left out of every answer.
    { resource: "node_prefix", name: "", policy: "read" },
  ];
}

/** To act on it: the gate's writes, and what both stacks declare. */
export function consulAct({ environment, service }: Whose, declares: Declares): ConsulRight[] {
  const keys = keysOf(environment, service);
  const { configEntries, external } = declares;
  const names = roles.map((role) => namesOf(service, role).service);
  const kinds = configEntries.map(({ kind }) => kind);
  return [
    { resource: "key_prefix", name: keys.run, policy: "write" },
    { resource: "key_prefix", name: keys.allDeclared, policy: "write" },
    // By which production knows that it is to be renamed.
    { resource: "key_prefix", name: serviceNamesOf(environment), policy: "write" },
    // By which another environment is kept from a service of the same name.
    { resource: "key_prefix", name: ownersOf(service), policy: "write" },
    // The lock's session is kept by whichever node the gate talks to.
    { resource: "session_prefix", name: "", policy: "write" },
    ...names
      .filter(() => kinds.includes("service-defaults"))
      .map((name): ConsulRight => ({ resource: "service", name, policy: "write" })),
    ...names
      .filter(() => kinds.includes("service-intentions"))
      .map((name): ConsulRight => ({ resource: "intentions", name, policy: "write" })),
    ...[...new Set(external.map(nodeOf))].map((name): ConsulRight => ({
      resource: "node",
      name,
      policy: "write",
    })),
    ...[...new Set(external.map(({ name }) => name))].map((name): ConsulRight => ({
      resource: "service",
      name,
      policy: "write",
    })),
  ];
}

/** For people who look at a release: `nary status` and `nary history`. */
export function consulLook({ environment, service }: Whose): ConsulRight[] {
  return [{ resource: "key_prefix", name: keysOf(environment, service).run, policy: "read" }];
}

/** For people who may ask something of a gate that runs, on top. */
export function consulAsk(whose: Whose): ConsulRight[] {
  const { control } = keysOf(whose.environment, whose.service);
  return [...consulLook(whose), { resource: "key", name: control, policy: "write" }];
}

/** For HAProxy's template: who the servers are, and whether canaries get traffic. */
export function consulHaproxy({ environment, service }: Whose): ConsulRight[] {
  return [
    { resource: "key", name: keysOf(environment, service).traffic, policy: "read" },
    ...roles.map((role): ConsulRight => ({
      resource: "service",
      name: namesOf(service, role).service,
      policy: "read",
    })),
    { resource: "node_prefix", name: "", policy: "read" },
  ];
}

/** The rights as rules of a policy. */
export function renderConsulRules(rights: readonly ConsulRight[]): string {
  const intentions = rights.filter(({ resource }) => resource === "intentions");
  // Intentions stand in the rule of their service.
  const alone = rights.filter(
    ({ resource, name }) =>
      resource !== "intentions" &&
      !(resource === "service" && intentions.some((intention) => intention.name === name)),
  );
  return [
    ...alone.map(({ resource, name, policy }) => `${resource} "${name}" { policy = "${policy}" }\n`),
    ...intentions.map(({ name, policy }) => {
      // Consul wants such a rule to have a policy too.
      const own = rights.find((right) => right.resource === "service" && right.name === name);
      return `service "${name}" {\n  policy     = "${own?.policy ?? "read"}"\n  intentions = "${policy}"\n}\n`;
    }),
  ].join("");
}
