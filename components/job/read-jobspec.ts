import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { z } from "zod";
import { SettingsError } from "../../settings/errors.ts";

/** The Nomad server that is asked what an HCL file means. */
export type Parser = { address: string; token: string | undefined };

const answerMs = 10_000;

/**
 * The job that a file holds, as Nomad's HTTP API has it: a `.json` file as it is, any other as HCL, which the server
 * reads, so that it means the same as with `nomad job run`.
 *
 * @throws SettingsError saying why the file cannot be used
 */
export async function readJobspec(file: string, parser: Parser): Promise<unknown> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new SettingsError(`The jobspec ${file} cannot be read: ${messageOf(error)}.`, { cause: error });
  });
  return extname(file) === ".json" ? parseJson(file, text) : await parseHcl(file, text, parser);
}

const wrapped = z.object({ Job: z.unknown().optional() });

function parseJson(file: string, text: string): unknown {
  try {
    const job: unknown = JSON.parse(text);
    const inner = wrapped.safeParse(job);
    return inner.success && inner.data.Job !== undefined ? inner.data.Job : job;
  } catch (error) {
    throw new SettingsError(`The jobspec ${file} is no JSON: ${messageOf(error)}.`, { cause: error });
  }
}

async function parseHcl(file: string, text: string, { address, token }: Parser): Promise<unknown> {
  const where = URL.canParse("/v1/jobs/parse", address) ? new URL("/v1/jobs/parse", address) : undefined;
  if (where === undefined)
    throw new SettingsError("nomad:address is no address, such as http://127.0.0.1:4646.");
  let answer: { ok: boolean; said: string };
  try {
    const response = await fetch(where, {
      method: "POST",
      body: JSON.stringify({ JobHCL: text, Canonicalize: false }),
      headers: token === undefined ? {} : { "X-Nomad-Token": token },
      signal: AbortSignal.timeout(answerMs),
    });
    answer = { ok: response.ok, said: await response.text() };
  } catch (error) {
    throw new SettingsError(
      `The jobspec ${file} cannot be read without Nomad, and ${where.origin} cannot be reached: ${messageOf(error)}.`,
      { cause: error },
    );
  }
  if (answer.ok) return JSON.parse(answer.said);
  if (/unset variable|no value for required variable/i.test(answer.said)) {
    throw new SettingsError(
      `The jobspec ${file} has a variable without a default, for which there is no value: give it a default.`,
    );
  }
  throw new SettingsError(`The jobspec ${file} is not what Nomad takes: ${answer.said.trim().slice(0, 500)}`);
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
