import { parseArgs } from "node:util";

export class BenchError extends Error {
  override name = "BenchError";
  readonly code = "usage";
}

export type Options = { command: "help" } | { command: "run"; name: string; json: boolean; seconds: number };

const hint = "See: npm run bench -- --help";
const most = 3_600;

/** @throws BenchError in one sentence when it cannot be used */
export function parseOptions(args: readonly string[], names: readonly string[]): Options {
  const { values, positionals } = parse(args);
  if (values.help) return { command: "help" };
  const [name, ...rest] = positionals;
  if (name === undefined || rest.length > 0 || !names.includes(name)) {
    throw new BenchError(
      `Give the name of one bench, not ${JSON.stringify(positionals.join(" "))}: ${names.join(", ")}. ${hint}`,
    );
  }
  const seconds = Number(values.seconds);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > most) {
    throw new BenchError(
      `--seconds is ${JSON.stringify(values.seconds)}: it must be a whole number of seconds, 1 to ${most}. ${hint}`,
    );
  }
  return { command: "run", name, json: values.json, seconds };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        seconds: { type: "string", default: "60" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    const [sentence = ""] = (error instanceof Error ? error.message : String(error)).split(". ");
    throw new BenchError(`${sentence}. ${hint}`, { cause: error });
  }
}
