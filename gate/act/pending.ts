import { z } from "zod";
import { ActError } from "../errors.ts";

const operation = z.looseObject({
  type: z.string(),
  resource: z.looseObject({
    type: z.string(),
    urn: z.string(),
    inputs: z
      .record(z.string(), z.unknown())
      .nullish()
      .transform((given) => given ?? {}),
  }),
});

const exported = z.looseObject({
  deployment: z.looseObject({ pending_operations: z.array(operation).nullish() }),
});

/** What a Pulumi had begun and not written down as done when it was killed. */
export type Pending = { operation: string; type: string; inputs: Readonly<Record<string, unknown>> };

/**
 * A state without the operations that a killed Pulumi left in it; all else stays as it is.
 *
 * @param text - what `pulumi stack export` says
 * @throws ActError when it says something else
 */
export function withoutPending(text: string): { state: string; pending: Pending[] } {
  const parsed = exported.safeParse(JSON.parse(text));
  if (!parsed.success) {
    throw new ActError(
      `What \`pulumi stack export\` said could not be understood: ${z.prettifyError(parsed.error)}`,
      { cause: parsed.error },
    );
  }
  const { deployment, ...rest } = parsed.data;
  const { pending_operations: operations, ...kept } = deployment;
  return {
    state: JSON.stringify({ ...rest, deployment: kept }),
    pending: (operations ?? []).map(({ type, resource }) => ({
      operation: type,
      type: resource.type,
      inputs: resource.inputs,
    })),
  };
}

/** What a create that was cut may have made without the state knowing of it. */
export type Orphan = { type: "job"; id: string } | { type: "keys"; prefix: string };

/** Jobs and keys that may be there although no stack knows of them. */
export function orphansOf(pending: readonly Pending[]): Orphan[] {
  return pending.flatMap(({ operation: what, type, inputs }): Orphan[] => {
    if (what !== "creating") return [];
    if (type === "consul:index/keyPrefix:KeyPrefix" && typeof inputs["pathPrefix"] === "string")
      return [{ type: "keys", prefix: inputs["pathPrefix"] }];
    const id = type === "nomad:index/job:Job" ? jobId(inputs["jobspec"]) : undefined;
    return id === undefined ? [] : [{ type: "job", id }];
  });
}

function jobId(jobspec: unknown): string | undefined {
  try {
    const parsed = z.object({ ID: z.string() }).safeParse(JSON.parse(String(jobspec)));
    return parsed.data?.ID;
  } catch {
    // HCL, which only Nomad can read.
    return undefined;
  }
}
