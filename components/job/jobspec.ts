import { z } from "zod";
import type { PortLabel, Release, ServiceName, UrlPath } from "../../settings/names.ts";
import type { NomadNamespace } from "../../settings/placement.ts";
import type { EnvironmentName, Role } from "../../settings/stacks.ts";
import { livenessCheck, routingCheck } from "./checks.ts";
import { canaryRetries } from "./canary.ts";
import type { OpenFileJob } from "./transform.ts";
import { identityOf, namesOf } from "./workload.ts";

/** What a job of the user's own is changed for. */
export type Released = {
  environment: EnvironmentName;
  service: ServiceName;
  release: Release;
  count: number;
  port: PortLabel;
  statusPath: UrlPath;
  /** The one in which the job is looked for; the file's own unless given. */
  namespace?: NomadNamespace | undefined;
};

const list = <Item extends z.ZodType>(item: Item) =>
  z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);

const check = z.looseObject({
  Type: z.string().nullish(),
  Path: z.string().nullish(),
  CheckRestart: z.unknown().optional(),
});
const service = z.looseObject({
  Name: z.string().nullish(),
  PortLabel: z.string().nullish(),
  Provider: z.string().nullish(),
  CheckRestart: z.unknown().optional(),
  Checks: list(check),
});
type Service = z.infer<typeof service>;
const task = z.looseObject({
  Name: z.string(),
  Driver: z.string(),
  Config: z.record(z.string(), z.unknown()).nullish(),
  Lifecycle: z.unknown().optional(),
  Services: list(service),
});
const group = z.looseObject({ Name: z.string(), Services: list(service), Tasks: list(task) });
const update = z.looseObject({ Canary: z.number().nullish(), AutoRevert: z.boolean().nullish() }).nullish();
const job = z.looseObject({
  Type: z.string().nullish(),
  Namespace: z.string().nullish(),
  Meta: z.record(z.string(), z.string()).nullish(),
  Update: update,
  TaskGroups: list(group.extend({ Update: update })),
});
type Job = z.infer<typeof job>;
type Group = Job["TaskGroups"][number];

/** Where each driver is told what to run. */
const releasedBy: Readonly<Record<string, string>> = {
  docker: "image",
  podman: "image",
  exec: "command",
  raw_exec: "command",
};

export type Adapted =
  { ok: true; job: OpenFileJob; added: readonly string[] } | { ok: false; problems: readonly string[] };

/** A job of the user's own, as one role of a service: name, release and count are set, and what Nary needs is added. */
export function adaptJob(given: unknown, released: Released, role: Role): Adapted {
  const parsed = job.safeParse(given);
  if (!parsed.success) return { ok: false, problems: ["must hold a job of Nomad"] };
  const [first, ...others] = parsed.data.TaskGroups;
  if (first === undefined || others.length > 0) {
    const count = parsed.data.TaskGroups.length;
    return { ok: false, problems: [`must have one group, since a release has one count; it has ${count}`] };
  }
  const services = [first, ...first.Tasks].flatMap((each) => each.Services);
  const registered = services.filter((each) => each.PortLabel === released.port);
  const mains = first.Tasks.filter(({ Lifecycle: hook }) => hook === undefined || hook === null);
  const problems = [
    ...problemsOfJob(parsed.data, first),
    ...problemsOfNamespace(parsed.data, released),
    ...problemsOfService(registered, released.port),
    ...problemsOfTasks(mains),
  ];
  const [own] = registered;
  const [main] = mains;
  if (problems.length > 0 || own === undefined || main === undefined) return { ok: false, problems };
  return { ok: true, ...adapted(parsed.data, first, own, main, released, role) };
}

function problemsOfJob(
  { Type: type, Periodic, ParameterizedJob, Update }: Job,
  { Update: own }: Group,
): string[] {
  const updates = [Update, own];
  return [
    ...(type === undefined || type === null || type === "service"
      ? []
      : [`must be of the type service, which has a count; it is ${JSON.stringify(type)}`]),
    ...(isThere(Periodic) || isThere(ParameterizedJob) ? ["must be neither periodic nor parameterized"] : []),
    ...(updates.some((each) => (each?.Canary ?? 0) > 0)
      ? ["must not have canaries in its update, for which Nomad would wait: canaries are a job of their own"]
      : []),
    ...(updates.some((each) => each?.AutoRevert === true)
      ? ["must not have auto_revert in its update: going back is the gate's"]
      : []),
  ];
}

function problemsOfNamespace({ Namespace: own }: Job, { namespace }: Released): string[] {
  if (namespace === undefined || own === undefined || own === null || own === "" || own === namespace)
    return [];
  return [
    `must be in the namespace ${namespace}, in which the job is looked for, or name none; it is in ${own}`,
  ];
}

function problemsOfService(registered: readonly Service[], port: string): string[] {
  const [own, ...others] = registered;
  if (own === undefined)
    return [`must have a service with the port ${JSON.stringify(port)}, which HAProxy finds`];
  const restarts = [own, ...own.Checks].some(({ CheckRestart: restart }) => isThere(restart));
  return [
    ...(others.length === 0 ? [] : [`must have one service with the port ${JSON.stringify(port)}`]),
    ...((own.Provider ?? "consul") === "consul" || own.Provider === ""
      ? []
      : [
          `must register its service in Consul, where HAProxy finds it, not in ${JSON.stringify(own.Provider)}`,
        ]),
    ...(restarts
      ? [
          "must not have check_restart: an instance that wants no traffic would be replaced, and its counts lost",
        ]
      : []),
  ];
}

function problemsOfTasks(mains: readonly z.infer<typeof task>[]): string[] {
  const [main, ...others] = mains;
  if (main === undefined || others.length > 0) {
    const names = mains.map(({ Name: name }) => name).join(", ");
    return [
      `must have one task without a lifecycle, which runs the release; it has ${names === "" ? "none" : names}`,
    ];
  }
  return releasedBy[main.Driver] === undefined
    ? [
        `must run the release with one of the drivers ${Object.keys(releasedBy).join(", ")}; it has ${main.Driver}`,
      ]
    : [];
}

function adapted(
  all: Job,
  only: Group,
  own: Service,
  main: z.infer<typeof task>,
  released: Released,
  role: Role,
): { job: OpenFileJob; added: string[] } {
  const names = namesOf(released.service, role);
  const checks = missingChecks(own, released, role);
  const rename = (each: Service) =>
    each === own
      ? { ...each, Name: names.service, Checks: [...each.Checks, ...checks.map(({ check: one }) => one)] }
      : each;
  const { RestartPolicy: restarts, ...mainAlone } = main;
  const key = releasedBy[main.Driver] ?? "";
  const tasks = only.Tasks.map((each) => ({
    ...(each === main
      ? {
          ...(role !== "production" || restarts === undefined ? mainAlone : main),
          Config: { ...main.Config, [key]: released.release },
        }
      : each),
    Services: each.Services.map(rename),
  }));
  const adaptedGroup = {
    ...only,
    Count: released.count,
    Services: only.Services.map(rename),
    Tasks: tasks,
    ...(role === "production" ? {} : canaryRetries),
  };
  return {
    job: {
      ...all,
      ...(released.namespace === undefined ? {} : { Namespace: released.namespace }),
      ID: names.job,
      Name: names.job,
      Meta: { ...all.Meta, ...identityOf(released, role) },
      TaskGroups: [adaptedGroup],
    },
    added: [
      "the meta by which the gate finds the job",
      ...checks.map(({ check: { Name: name }, why }) => `the check ${name}: ${why}`),
      ...(role === "production"
        ? []
        : [`no restart and no rescheduling: a ${role} that dies is a failed ${role}`]),
    ],
  };
}

function missingChecks({ Checks: checks }: Service, { statusPath }: Released, role: Role) {
  const asks = checks.some(({ Type: type, Path: path }) => type === "http" && path === statusPath);
  const connects = checks.some(({ Type: type }) => type === "tcp");
  return [
    ...(connects ? [] : [{ check: livenessCheck, why: "an instance is there when it takes connections" }]),
    ...(asks
      ? []
      : [{ check: routingCheck(statusPath, role), why: `${statusPath} says whether traffic is wanted` }]),
  ];
}

const isThere = (value: unknown) => value !== undefined && value !== null;
