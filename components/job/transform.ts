import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { NomadJob } from "./nomad.ts";

/** A type of Nomad with room for all further fields that Nomad has at that place, by Nomad's names. */
type Open<Known> = Known extends readonly (infer Item)[]
  ? Open<Item>[]
  : Known extends object
    ? { [Field in keyof Known]: Open<Known[Field]> } & Record<string, unknown>
    : Known;

/** A job in the shape of Nomad's HTTP API, with room for fields that Nary does not name. */
export type OpenNomadJob = Open<NomadJob>;

/** The last change of a job before Nomad gets it. */
export type Transform = (job: OpenNomadJob) => OpenNomadJob;

/** The job of a file, in the shape of Nomad's HTTP API: what is there for sure, with room for all else that the file has. */
export type OpenFileJob = Open<{
  ID: string;
  Name: string;
  Meta: Record<string, string>;
  TaskGroups: {
    Name: string;
    Count: number;
    Services: FileService[];
    Tasks: { Name: string; Driver: string; Services: FileService[] }[];
  }[];
}>;

type FileService = { Name?: string | null | undefined; PortLabel?: string | null | undefined };

/** The last change of a file's job before Nomad gets it. */
export type FileTransform = (job: OpenFileJob) => OpenFileJob;

const isFunction = (value: unknown) => typeof value === "function";
const notOne = { error: "must be a function from job to job" };

export const transform = z.custom<Transform>(isFunction, notOne).optional();
export const fileTransform = z.custom<FileTransform>(isFunction, notOne).optional();

/**
 * The job as the transform makes it.
 *
 * @throws pulumi.InputPropertiesError when it is none, or is no longer what gate and HAProxy find by its names
 */
export function transformed(
  component: string,
  job: OpenNomadJob,
  change: Transform | undefined,
): OpenNomadJob;
export function transformed(
  component: string,
  job: OpenFileJob,
  change: FileTransform | undefined,
): OpenFileJob;
export function transformed<Job>(component: string, job: Job, change: ((job: Job) => Job) | undefined): Job {
  if (change === undefined) return job;
  // Read before the change, which may be made in place.
  const before = marks.parse(job);
  const changed = change(job);
  const after = marks.safeParse(changed);
  const reasons = after.success
    ? differences(before, after.data)
    : ["must return a job, with ID, Meta and TaskGroups"];
  if (reasons.length === 0) return changed;
  throw new pulumi.InputPropertiesError({
    message: `${component} has arguments that cannot be used`,
    errors: reasons.map((reason) => ({ propertyPath: "transform", reason })),
  });
}

/** By which the gate finds a job, and HAProxy its instances. */
const services = z.array(z.object({ Name: z.string().nullish() })).nullish();
const marks = z.object({
  ID: z.string(),
  Meta: z.record(z.string(), z.unknown()),
  Namespace: z.unknown().optional(),
  Region: z.unknown().optional(),
  TaskGroups: z.array(
    z.object({
      Count: z.number().nullish(),
      Services: services,
      Tasks: z.array(z.object({ Services: services })).nullish(),
    }),
  ),
});
type Marks = z.infer<typeof marks>;

function differences(before: Marks, after: Marks): string[] {
  const names = new Set([...Object.keys(before.Meta), ...Object.keys(after.Meta)]);
  const changedMeta = [...names].filter(
    (name) => name.startsWith("nary_") && before.Meta[name] !== after.Meta[name],
  );
  const registered = new Set(servicesOf(after));
  const found = [
    ...(before.ID === after.ID ? [] : ["ID"]),
    ...changedMeta.map((name) => `Meta.${name}`),
    ...servicesOf(before)
      .filter((name) => !registered.has(name))
      .map((name) => `the service ${name}`),
  ];
  return [
    ...found.map((mark) => `must leave ${mark} as it is, by which the job is found`),
    ...(before.Namespace === after.Namespace
      ? []
      : ["must leave Namespace as it is, in which the job is found: give namespace instead"]),
    ...(before.Region === after.Region
      ? []
      : ["must leave Region as it is, in which the job is found: give the provider another region instead"]),
    ...(countOf(before) === countOf(after)
      ? []
      : ["must leave the number of instances as it is, which the gate waits for: give count instead"]),
  ];
}

const servicesOf = ({ TaskGroups: groups }: Marks) =>
  groups
    .flatMap((group) => [group, ...(group.Tasks ?? [])])
    .flatMap(({ Services: registered }) => (registered ?? []).map(({ Name: name }) => name))
    // One without a name is called by Nomad, and is never the one that HAProxy finds.
    .filter((name) => name !== undefined && name !== null);

/** One instance is what Nomad makes of no count. */
const countOf = ({ TaskGroups: groups }: Marks) =>
  groups.reduce((sum, { Count: count }) => sum + (count ?? 1), 0);
