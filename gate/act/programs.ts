import { z } from "zod";
import { ActError } from "../errors.ts";

/** A resource of a program, as Pulumi's state or preview has it. */
export type Resource = { type: string; name: string; inputs: Readonly<Record<string, unknown>> };

/** What Pulumi would do with a resource. */
export type Planned = Resource & { op: string };

const inputs = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((given) => given ?? {});
const state = z.object({ inputs });

const preview = z.object({
  steps: z
    .array(
      z.object({ op: z.string(), urn: z.string(), newState: state.nullish(), oldState: state.nullish() }),
    )
    .nullish(),
});

const stackExport = z.object({
  deployment: z.object({ resources: z.array(z.object({ urn: z.string(), inputs })).nullish() }),
});

/**
 * What `pulumi preview --json --show-sames` says.
 *
 * @throws ActError when it says something else
 */
export function plannedOf(text: string): Planned[] {
  const { steps } = read("pulumi preview --json", preview, text);
  // A refresh comes before: it has what the resource was, beside the step that says what it is to be.
  const meant = (steps ?? []).filter(({ op }) => op !== "refresh");
  return meant.map(({ op, urn, newState, oldState }) => ({
    op,
    ...namesIn(urn),
    inputs: newState?.inputs ?? oldState?.inputs ?? {},
  }));
}

/**
 * What `pulumi stack export` says.
 *
 * @throws ActError when it says something else
 */
export function declaredOf(text: string): Resource[] {
  const { resources } = read("pulumi stack export", stackExport, text).deployment;
  return (resources ?? []).map(({ urn, inputs: given }) => ({ ...namesIn(urn), inputs: given }));
}

/** The job of this ID among the resources, as it was rendered; undefined when there is none that can be read. */
export function renderedJob(resources: readonly Resource[], id: string): unknown {
  for (const { type, inputs: given } of resources) {
    if (type !== "nomad:index/job:Job" || typeof given["jobspec"] !== "string") continue;
    const job = json(given["jobspec"]);
    if (typeof job === "object" && job !== null && Reflect.get(job, "ID") === id) return job;
  }
  return undefined;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // HCL, which only Nomad can read.
    return undefined;
  }
}

function read<Schema extends z.ZodType>(command: string, schema: Schema, text: string): z.output<Schema> {
  const parsed = schema.safeParse(json(text));
  if (parsed.success) return parsed.data;
  throw new ActError(`What \`${command}\` said could not be understood: ${z.prettifyError(parsed.error)}`, {
    cause: parsed.error,
  });
}

/** `urn:pulumi:stack::project::parent$type::name` */
function namesIn(urn: string): { type: string; name: string } {
  const [, , types = "", ...name] = urn.split("::");
  return { type: types.split("$").at(-1) ?? "", name: name.join("::") };
}
