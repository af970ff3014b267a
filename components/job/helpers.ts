import { z } from "zod";
import { release as image } from "../../settings/names.ts";
import { container, word, words } from "../../settings/task.ts";
import { workload as settings } from "../../settings/workload.ts";
import { files } from "./files.ts";

const nameError = "must be 1 to 32 lower-case letters, digits and dashes, starting with a letter";

const drivers = ["docker", "exec", "raw_exec"] as const;

const task = z.discriminatedUnion(
  "driver",
  [
    container.extend({ image }),
    z.strictObject({ driver: z.enum(["exec", "raw_exec"]), command: word, args: words }),
  ],
  {
    error: ({ input }) =>
      `must ${typeof input === "object" ? "be" : "have a driver,"} one of: ${drivers.join(", ")}`,
  },
);

/** A task beside the one that runs the release. */
const helper = z.strictObject(
  {
    name: z.string({ error: nameError }).regex(/^[a-z][a-z0-9-]{0,31}$/, { error: nameError }),
    task,
    cpu: settings.cpu,
    memory: settings.memory,
    env: settings.env,
    ...files,
  },
  { error: "must have a name and a task" },
);
export type Helper = z.infer<typeof helper>;

export const helpers = z
  .array(helper, { error: "must be a list of tasks, each with a name" })
  .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, {
    error: "must not have a name twice",
  })
  .default([]);
