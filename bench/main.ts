import { DemoError } from "../demo/errors.ts";
import { createSay, type Say } from "../demo/say.ts";
import { runEntryPoint } from "../tools/entry-point.ts";
import { runAppOverhead } from "./app-overhead/app-overhead.ts";
import { runBlastRadius } from "./blast-radius/blast-radius.ts";
import { runDecision } from "./decision/decision.ts";
import { runDeploy } from "./deploy/deploy.ts";
import { runDetection } from "./detection/detection.ts";
import { runGateScale } from "./gate-scale/gate-scale.ts";
import { amounts, BenchError, parseOptions, usualOf, type Measures } from "./options.ts";
import { runReload } from "./reload/reload.ts";
import { runTrafficOff } from "./traffic-off/traffic-off.ts";
import { runZeroDrop } from "./zero-drop/zero-drop.ts";

/** What a bench found out: an object for machines, lines for people, and whether no more was lost than may be. */
export type Found = { object: unknown; lines: readonly string[]; ok: boolean };

export type Bench = Measures & {
  what: string;
  run: (options: { amount: number; signal: AbortSignal; say: Say }) => Promise<Found>;
};

const benches: Readonly<Record<string, Bench>> = {
  reload: {
    what: "instances come and go under 2,200 requests a second: how soon HAProxy knows, and what is lost",
    amount: "seconds",
    run: ({ amount, ...rest }) => runReload({ seconds: amount, ...rest }),
  },
  "blast-radius": {
    what: "two of six servers are a bad canary: whose errors clients see, on plain round robin and on ours",
    amount: "requests",
    run: ({ amount, ...rest }) => runBlastRadius({ requests: amount, ...rest }),
  },
  decision: {
    what: "simulated good and bad releases: how often each policy, and what others do, decides wrongly",
    amount: "runs",
    run: ({ amount, ...rest }) => runDecision({ runs: amount, ...rest }),
  },
  "gate-scale": {
    what: "up to 10,000 instances stream or are polled: what the gate needs for that, and what the article's loop does",
    amount: "looks",
    run: ({ amount, ...rest }) => runGateScale({ looks: amount, ...rest }),
  },
  detection: {
    what: "responses fail: how long the gate takes to its verdict by streams and by polls, and the article's script",
    amount: "rounds",
    run: ({ amount, ...rest }) => runDetection({ rounds: amount, ...rest }),
  },
  "traffic-off": {
    what: "a canary fails one response: how long until no request reaches a canary any more, and in the article's set-up",
    amount: "rounds",
    usual: 100,
    run: ({ amount, ...rest }) => runTrafficOff({ rounds: amount, ...rest }),
  },
  "zero-drop": {
    what: "a good release under 1,000 requests a second: what its clients lose and wait, and how long it takes",
    amount: "requests",
    usual: 69_075,
    run: ({ amount, ...rest }) => runZeroDrop({ requests: amount, ...rest }),
  },
  deploy: {
    what: "how long `pulumi up` of a canary takes, and `nomad job run` of the same job",
    amount: "rounds",
    usual: 7,
    run: ({ amount, ...rest }) => runDeploy({ rounds: amount, ...rest }),
  },
  "app-overhead": {
    what: "what the kit costs a service, beside nothing, prom-client and OpenTelemetry, and whether its memory stays flat",
    amount: "rounds",
    usual: 7,
    run: ({ amount, ...rest }) => runAppOverhead({ rounds: amount, ...rest }),
  },
};

const help = `Usage: npm run bench -- NAME [options]

${Object.entries(benches)
  .map(([name, { what }]) => `${name.padEnd(14)} ${what}`)
  .join("\n")}

${Object.entries(benches)
  .map(([name, bench]) => {
    const { amount } = bench;
    return `${`--${amount} N`.padEnd(14)} ${amounts[amount].what} (${name}; ${usualOf(bench)} unless given)`;
  })
  .join("\n")}
--json          the last line on stdout is an object with the figures
--help          this text

reload, blast-radius, traffic-off, zero-drop and deploy start a Consul and a Nomad of their own on loopback and end
them. Progress goes to stderr.

Exit status: 0 measured, and no more failed than may; 1 not so; 2 usage;
4 the tools could not be made; 130 interrupted.`;

const exitCodes = { usage: 2, missing: 2, cluster: 1, step: 1, interrupted: 130 } as const;
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

async function measure(bench: Bench, amount: number, json: boolean): Promise<number> {
  const abort = new AbortController();
  const interrupt = () => {
    abort.abort(
      new DemoError("interrupted", "The bench was interrupted; everything that it started is ended."),
    );
  };
  for (const signal of signals) process.on(signal, interrupt);
  try {
    const found = await bench.run({ amount, signal: abort.signal, say: createSay(process.stderr) });
    process.stdout.write(json ? `${JSON.stringify(found.object)}\n` : `${found.lines.join("\n")}\n`);
    return found.ok ? 0 : 1;
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
}

async function main(): Promise<number> {
  try {
    const options = parseOptions(process.argv.slice(2), benches);
    if (options.command === "help") {
      process.stdout.write(`${help}\n`);
      return 0;
    }
    const bench = benches[options.name];
    return bench === undefined ? exitCodes.usage : await measure(bench, options.amount, options.json);
  } catch (error) {
    if (!(error instanceof DemoError) && !(error instanceof BenchError)) throw error;
    process.stderr.write(`bench: ${error.message}\n`);
    return exitCodes[error.code];
  }
}

await runEntryPoint(main);
