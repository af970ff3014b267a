import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { configure, type Project } from "../../integration/stack/project.ts";
import { atEnd } from "../../support/at-end.ts";
import { checkEvents } from "../../support/events.ts";
import { startProgram, type Program } from "../../support/program.ts";

const main = join(import.meta.dirname, "../../../cli/main.ts");

/** A service that says who it is and which release, counts, and fails every tenth request in the release `bad`. */
const counting = `
const { NARY_SERVICE, NARY_RELEASE, PORT, HOST } = process.env;
let requestCount = 0, errorCount = 0;
require("http").createServer(({ url }, response) => {
  if (url === "/status") return response.end();
  if (url === "/api/errorAndRequestCount") return response.end(JSON.stringify({ errorCount, requestCount }));
  requestCount += 1;
  const fails = NARY_RELEASE === "bad" && requestCount % 10 === 0;
  if (fails) errorCount += 1;
  response.writeHead(fails ? 500 : 200).end(NARY_SERVICE + " " + NARY_RELEASE);
}).listen(PORT, HOST);`.replaceAll(/\s+/g, " ");

/** Sets up an environment's two stacks: a canary that is watched for 100 requests, and two instances in production. */
export async function configurePair(
  project: Project,
  environment: string,
  service: string,
  ofProduction: Record<string, string> = {},
  ofBoth: Record<string, string> = {},
): Promise<void> {
  const common = {
    service,
    cpu: "20",
    memory: "64",
    shutdownDelaySeconds: "1",
    "task.driver": "raw_exec",
    "task.command": process.execPath,
    "task.args[0]": "-e",
    "task.args[1]": counting,
    ...ofBoth,
  };
  await configure(project, `${environment}-canary`, {
    ...common,
    role: "canary",
    count: "1",
    "policy.type": "zero-errors",
    "policy.requests": "100",
  });
  await configure(project, `${environment}-production`, {
    ...common,
    role: "production",
    count: "2",
    "update.maxParallel": "2",
    "update.minHealthySeconds": "1",
    "update.healthySeconds": "60",
    ...ofProduction,
  });
}

/** Starts `nary` as a user does, until the test is over. Events have to be as their schema has them. */
export function startNary({ folder, env }: Project, ...args: string[]): Program {
  const program = startProgram(process.execPath, [main, ...args], { cwd: folder, env });
  atEnd(() => {
    program.child.kill("SIGKILL");
    return program.ended;
  });
  const ended = program.ended.then((end) => {
    checkEvents(args, end.stdout);
    return end;
  });
  return { ...program, ended };
}

export type Clients = {
  /** Answers of any status so far. */
  answered: () => number;
  /** Resolves to the statuses of all answers but 200; 0 is none. */
  stop: () => Promise<number[]>;
};

/** Clients that ask one after the other until they are stopped, or until the test is over. */
export function startClients(url: string, pauseMs = 5): Clients {
  const over = new AbortController();
  let answered = 0;
  const asking = (async () => {
    const failed: number[] = [];
    while (!over.signal.aborted) {
      const status = await fetch(url).then(
        async (response) => {
          await response.body?.cancel();
          return response.status;
        },
        () => 0,
      );
      if (status !== 0) answered += 1;
      if (status !== 200) failed.push(status);
      await sleep(pauseMs);
    }
    return failed;
  })();
  const stop = () => {
    over.abort();
    return asking;
  };
  atEnd(stop);
  return { answered: () => answered, stop };
}

const past = z.object({ release: z.string(), verdict: z.string() });
const pairs = z
  .array(z.object({ Value: z.base64().nullable() }))
  .transform((all) => all.map(({ Value: value }) => Buffer.from(value ?? "", "base64").toString()));

/** What the gate has written for a service: what production runs, the traffic switch, and each release's end. */
export async function recordsOf(consulAddress: string, environment: string, service: string) {
  const run = `${consulAddress}/v1/kv/nary/${environment}/${service}/run`;
  const promoted = await fetch(`${run}/promoted?raw`);
  const traffic = await fetch(`${run}/traffic?raw`);
  const history = await fetch(`${run}/history/?recurse`);
  const ends = history.status === 404 ? [] : pairs.parse(await history.json());
  return {
    promoted: /"release":"(\w+)"/.exec(await promoted.text())?.[1],
    traffic: traffic.status === 404 ? undefined : await traffic.text(),
    history: ends.map((end) => past.parse(JSON.parse(end))).map((end) => `${end.verdict} ${end.release}`),
  };
}
