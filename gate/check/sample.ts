import { z } from "zod";
import { quoted } from "../clients/printable.ts";

const mostQuoted = 200;

/** What one question to Prometheus gave. */
export type Sample =
  | { type: "number"; value: number }
  /** Not now; it may give one later. */
  | { type: "nothing"; why: string }
  /** Never, as it was asked. */
  | { type: "refused"; why: string };

const point = z.tuple([z.number(), z.string()]);
const answer = z.discriminatedUnion("status", [
  z.object({
    status: z.literal("success"),
    data: z.discriminatedUnion("resultType", [
      z.object({ resultType: z.literal("scalar"), result: point }),
      z.object({ resultType: z.literal("vector"), result: z.array(z.object({ value: point.optional() })) }),
      z.object({ resultType: z.enum(["matrix", "string"]) }),
    ]),
  }),
  z.object({ status: z.literal("error"), error: z.string() }),
]);

/** Those that say that another question, or another token, is needed. */
const refusals: ReadonlySet<number> = new Set([400, 401, 403, 404, 405]);

/** Reads an answer of `/api/v1/query`: a scalar, or a vector of one sample. */
export function sampleOf(status: number, body: string): Sample {
  const type = refusals.has(status) ? "refused" : "nothing";
  const parsed = answer.safeParse(json(body));
  if (status !== 200) {
    const said = parsed.success && parsed.data.status === "error" ? parsed.data.error : body;
    return { type, why: `answered HTTP ${status}: ${quoted(said, mostQuoted)}` };
  }
  if (!parsed.success)
    return { type: "refused", why: `gave no answer of a Prometheus: ${quoted(body, mostQuoted)}` };
  if (parsed.data.status === "error")
    return { type: "nothing", why: `answered with an error: ${quoted(parsed.data.error, mostQuoted)}` };
  const { data } = parsed.data;
  switch (data.resultType) {
    case "scalar":
      return numberOf(data.result);
    case "vector": {
      const [first, ...others] = data.result;
      if (first === undefined) return { type: "nothing", why: "has no sample for the query" };
      if (others.length > 0) {
        const why = `has ${data.result.length} samples for the query, which has to give one, as sum() or max() do`;
        return { type: "nothing", why };
      }
      if (first.value === undefined)
        return { type: "refused", why: "gave a histogram for the query, which has to give a number" };
      return numberOf(first.value);
    }
    case "matrix":
    case "string":
      return {
        type: "refused",
        why: `gave a ${data.resultType} for the query, which has to give a number`,
      };
  }
}

function numberOf([, text]: readonly [number, string]): Sample {
  const value = Number(text.replace(/Inf$/, "Infinity"));
  if (text === "" || Number.isNaN(value))
    return { type: "nothing", why: `gave ${quoted(text, mostQuoted)} for the query` };
  // A record of the run has no sign for it, and any limit is below this too.
  if (!Number.isFinite(value)) return { type: "number", value: Math.sign(value) * Number.MAX_VALUE };
  return { type: "number", value };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
