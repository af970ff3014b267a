import { z } from "zod";

/** Go writes null for empty lists and maps, and a job that was rendered here leaves them out. */
const list = <Item extends z.ZodType>(item: Item) =>
  z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);
const map = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((entries) => entries ?? {});

const task = z.object({
  Name: z.string(),
  Driver: z.string(),
  Config: map,
  Env: map,
  Resources: z
    .object({
      CPU: z.number().nullish(),
      Cores: z.number().nullish(),
      MemoryMB: z.number().nullish(),
    })
    .nullish(),
});

const check = z.object({ Name: z.string().nullish(), Type: z.string(), Path: z.string().nullish() });

const group = z.object({
  Name: z.string(),
  Count: z.number().nullish(),
  Services: list(z.object({ Name: z.string(), Checks: list(check) })),
  Tasks: list(task),
});

/** What rules look at in a job: rendered here, or as Nomad's HTTP API gives it. */
export const jobView = z.object({ ID: z.string(), TaskGroups: list(group) });
export type JobView = z.infer<typeof jobView>;

export const tasksOf = (job: JobView) => job.TaskGroups.flatMap(({ Tasks: tasks }) => tasks);

/** Nomad takes one instance where no count is given. */
export const countOf = (job: JobView) =>
  job.TaskGroups.reduce((sum, { Count: count }) => sum + (count ?? 1), 0);
