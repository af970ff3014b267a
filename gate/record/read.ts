import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { z } from "zod";
import { reasonOf, UsageError } from "../errors.ts";
import { line, startLine, type Line, type Start } from "./lines.ts";

export type Read = {
  start: Start;
  /** The lines after the first, one after the other, until the end of the file. */
  lines: AsyncIterable<Line>;
  /** Whether the last line was cut, as by a gate that was killed; known at the end. */
  isCut: () => boolean;
};

/**
 * Opens a record. The file is closed when its lines have been read, or are no longer asked for.
 *
 * @throws UsageError that names the file and the line, at once or while its lines are read
 */
export async function readRecord(file: string): Promise<Read> {
  const source = texts(file);
  const first = await source.next();
  if (first.done === true) throw new UsageError(`${file} is no record: it is empty.`);
  let cut = false;
  try {
    const start = parsed(file, 1, startLine, jsonOf(first.value));
    return { start, lines: lines(), isCut: () => cut };
  } catch (error) {
    await source.return();
    throw error;
  }

  async function* lines(): AsyncGenerator<Line, void> {
    let number = 1;
    /** A line that is no JSON is the cut end of the file, if nothing comes after it. */
    let broken: number | undefined;
    for await (const text of source) {
      number += 1;
      if (broken !== undefined) throw notJson(file, broken);
      const given = jsonOf(text);
      if (given === undefined) broken = number;
      else yield parsed(file, number, line, given);
    }
    cut = broken !== undefined;
  }
}

async function* texts(file: string): AsyncGenerator<string, void> {
  const stream = createReadStream(file, "utf8");
  const reader = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  try {
    // Without it, an error of the stream is nobody's.
    const failed = new Promise<never>((_, reject) => {
      stream.once("error", reject);
    });
    failed.catch(() => undefined);
    const iterator = reader[Symbol.asyncIterator]();
    for (;;) {
      const next = await Promise.race([iterator.next(), failed]);
      if (next.done === true) {
        if (stream.errored !== null) throw stream.errored;
        return;
      }
      yield next.value;
    }
  } catch (error) {
    throw new UsageError(`The record ${file} cannot be read: ${reasonOf(error)}.`, { cause: error });
  } finally {
    reader.close();
    stream.destroy();
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const notJson = (file: string, number: number) =>
  new UsageError(`${file}, line ${number} is not JSON: a record has one object a line.`);

function parsed<Schema extends z.ZodType>(
  file: string,
  number: number,
  schema: Schema,
  given: unknown,
): z.output<Schema> {
  if (given === undefined) throw notJson(file, number);
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? "" : `${z.core.toDotPath(issue.path)} `;
  throw new UsageError(
    `${file}, line ${number} is not of a record that \`nary\` wrote: ${where}${issue?.message ?? ""}.`,
    { cause: result.error },
  );
}
