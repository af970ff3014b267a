import type { z } from "zod";

const answerMs = 5_000;

/** The JSON at an address, or undefined while there is none or it is not (yet) of that shape. */
export async function getJson<Schema extends z.ZodType>(
  url: string,
  schema: Schema,
): Promise<z.output<Schema> | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(answerMs) });
    return schema.safeParse(await response.json()).data;
  } catch {
    return undefined;
  }
}

export async function deleteAt(url: string): Promise<void> {
  const response = await fetch(url, { method: "DELETE", signal: AbortSignal.timeout(answerMs) });
  await response.body?.cancel();
}
