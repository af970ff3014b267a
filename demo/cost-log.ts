import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

/** What a canary logged of a request that cost too much. */
export type CostLog = {
  text: string;
  team: string | null;
  /** The file that has all of it: the evidence that the gate kept of the canaries. */
  file: string;
};

const evidence = z.object({
  release: z.string(),
  instances: z.array(z.object({ tasks: z.array(z.object({ stdout: z.array(z.string()).nullable() })) })),
});

/** A line of a log in pino's shape; what makes it one of a cost are the stacks. */
const line = z.object({
  msg: z.string(),
  team: z.string().nullable(),
  queries: z.number(),
  stacks: z.object({ first: z.string().nullable() }),
});

/** The first that the canaries of a rejected release logged; undefined when none did. */
export async function costLogOf(release: string, records: string): Promise<CostLog | undefined> {
  for await (const name of glob("**/*.evidence.json", { cwd: records })) {
    const file = join(records, name);
    const found = evidence.safeParse(jsonOf(await readFile(file, "utf8")));
    if (found.data?.release !== release) continue;
    const lines = found.data.instances
      .flatMap(({ tasks }) => tasks)
      .flatMap(({ stdout }) => stdout ?? [])
      .map((text) => line.safeParse(jsonOf(text)).data);
    const first = lines.find((each) => each !== undefined);
    if (first !== undefined) return { text: first.msg, team: first.team, file };
  }
  return undefined;
}

/** Where to look for more, in one line. */
export function whereToLook(name: string, { text, team, file }: CostLog, kept: boolean): string {
  const said = `The canaries of ${name} logged for the team ${team ?? "of nobody"}: ${text}`;
  return kept
    ? `${said} With its queries and stacks: ${file}; \`nary history\` has the verdict.`
    : `${said} With --keep its queries and stacks stay to be looked at, and \`nary history\`.`;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
