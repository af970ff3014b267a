import { parseArgs } from "node:util";

export class BenchError extends Error {
  override name = "BenchError";
  readonly code = "usage";
}

/** How much a bench measures. */
export const amounts = {
  seconds: { what: "how long to measure", usual: 60, most: 3_600 },
  requests: {
    what: "how many requests to send, for each line of the result",
    usual: 20_000,
    most: 1_000_000,
  },
  runs: {
    what: "how many releases to simulate, for each line of the result",
    usual: 20_000,
    most: 1_000_000,
  },
  looks: { what: "how many looks, a second each, for each line of the result", usual: 10, most: 3_600 },
  rounds: {
    what: "how many times to measure; where the article's gate is measured too, a tenth of that for it",
    usual: 300,
    most: 100_000,
  },
} as const;
export type Amount = keyof typeof amounts;
/** How much a bench measures, where that is not what is usual. */
export type Measures = { amount: Amount; usual?: number };
const units = ["seconds", "requests", "runs", "looks", "rounds"] as const;

/** The amount is in the unit of the bench. */
export type Options = { command: "help" } | { command: "run"; name: string; json: boolean; amount: number };

const hint = "See: npm run bench -- --help";

/** @throws BenchError in one sentence when it cannot be used */
export function parseOptions(args: readonly string[], benches: Readonly<Record<string, Measures>>): Options {
  const { values, positionals } = parse(args);
  if (values.help) return { command: "help" };
  const [name, ...rest] = positionals;
  const bench = name !== undefined && Object.hasOwn(benches, name) ? benches[name] : undefined;
  if (name === undefined || rest.length > 0 || bench === undefined) {
    const names = Object.keys(benches).join(", ");
    throw new BenchError(
      `Give the name of one bench, not ${JSON.stringify(positionals.join(" "))}: ${names}. ${hint}`,
    );
  }
  const other = units.find((unit) => unit !== bench.amount && values[unit] !== undefined);
  if (other !== undefined) {
    throw new BenchError(`--${other} is not for ${name}: it takes --${bench.amount}. ${hint}`);
  }
  const amount = amountOf(bench.amount, values[bench.amount]) ?? usualOf(bench);
  return { command: "run", name, json: values.json, amount };
}

export const usualOf = ({ amount, usual = amounts[amount].usual }: Measures): number => usual;

function amountOf(unit: Amount, text: string | undefined): number | undefined {
  const { most } = amounts[unit];
  if (text === undefined) return undefined;
  const amount = Number(text);
  if (Number.isInteger(amount) && amount >= 1 && amount <= most) return amount;
  throw new BenchError(
    `--${unit} is ${JSON.stringify(text)}: it must be a whole number of ${unit}, 1 to ${most}. ${hint}`,
  );
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        seconds: { type: "string" },
        requests: { type: "string" },
        runs: { type: "string" },
        looks: { type: "string" },
        rounds: { type: "string" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    const [sentence = ""] = (error instanceof Error ? error.message : String(error)).split(". ");
    throw new BenchError(`${sentence}. ${hint}`, { cause: error });
  }
}
