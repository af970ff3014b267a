import { z } from "zod";
import { flag } from "../../settings/loose.ts";
import type { Task, TaskGroup } from "./nomad.ts";
import type { Workload } from "./workload.ts";

const nameError =
  "must be 1 to 128 letters, digits, dashes and underscores, as the client calls its host volume";
const pathError = "must be an absolute path, such as /data, without .. in it";

const volume = z.strictObject(
  {
    source: z.string({ error: nameError }).regex(/^[A-Za-z0-9_-]{1,128}$/, { error: nameError }),
    destination: z
      .string({ error: pathError })
      .regex(/^\/[^\p{Cc}]{1,1023}$/u, { error: pathError })
      .refine((path) => !path.split("/").includes(".."), { error: pathError }),
    readOnly: flag.default(false),
  },
  { error: "must have source and destination" },
);

const apart = (names: string[]) => new Set(names).size === names.length;

/** Folders of the client that each task of an instance has. */
export const volumes = z
  .array(volume, { error: "must be a list of host volumes" })
  .refine((all) => apart(all.map(({ source }) => source)), { error: "must not have a source twice" })
  .refine((all) => apart(all.map(({ destination }) => destination)), {
    error: "must not have a destination twice",
  })
  .default([]);
type Volumes = z.infer<typeof volumes>;

type Mounting = Pick<Workload, "volumes" | "task" | "sidecars" | "prestart">;

/** Nomad says it only when an instance has failed. */
export function canMount({ volumes: given, task, sidecars, prestart }: Mounting): boolean {
  const drivers = [task, ...[...sidecars, ...prestart].map((helper) => helper.task)];
  return given.length === 0 || drivers.every(({ driver }) => driver !== "raw_exec");
}

export const cannotMount = {
  path: ["volumes"],
  error: "must be none where a task runs under raw_exec, which mounts nothing",
};

export function renderVolumes(given: Volumes): Pick<TaskGroup, "Volumes"> {
  if (given.length === 0) return {};
  const entries = given.map(
    ({ source, readOnly }) =>
      [source, { Name: source, Type: "host", Source: source, ReadOnly: readOnly }] as const,
  );
  return { Volumes: Object.fromEntries(entries) };
}

export function renderMounts(given: Volumes): Pick<Task, "VolumeMounts"> {
  if (given.length === 0) return {};
  return {
    VolumeMounts: given.map(({ source, destination, readOnly }) => ({
      Volume: source,
      Destination: destination,
      ReadOnly: readOnly,
    })),
  };
}
