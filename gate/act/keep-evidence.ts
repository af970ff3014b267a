import { rm, stat, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Address } from "../clients/consul.ts";
import type { LogName } from "../clients/nomad.ts";
import type { Context } from "../context.ts";
import { shortId } from "../count/evidence.ts";
import { LastQuestions } from "../count/last-told.ts";
import type { InstanceCounts } from "../decide/observation.ts";
import { reasonOf } from "../errors.ts";
import { evidenceFileOf, newEvidenceFile, stateFolder } from "../record/place.ts";
import type { FinalVerdict } from "../tell/events.ts";
import {
  chosen,
  evidenceOf,
  linesOf,
  mostLogBytes,
  textOf,
  type InstanceEvidence,
  type Known,
  type TaskEvidence,
} from "./evidence.ts";

/** Seconds that all of it may take. */
const inAllSeconds = 10;
/** Seconds that an instance has for its last answer. */
const answerSeconds = 2;
/** Nomad keeps what a task writes back for a tenth of a second, and what failed last is what people look for. */
const logsAfterMs = 500;

/** What a canary is taken away for, and what the gate has seen of it, where one has watched it. */
export type TakenFor = {
  verdict: FinalVerdict;
  why: string;
  release: string;
  recordFile: string | undefined;
  counted: readonly InstanceCounts[];
};

/** What of a gate it takes. */
export type Keeper = Pick<Context, "nomad" | "consul" | "environment" | "service" | "settings" | "tell">;

/**
 * Keeps what is lost with the instances: their last errors, the ends of their logs, what Nomad tells of their tasks. It
 * goes into one file beside the record and nowhere else, since logs may hold anything. Nothing depends on it: what cannot
 * be had in time is missing in the file, and one warning says so.
 */
export async function keepEvidence(context: Keeper, taken: TakenFor): Promise<void> {
  const { tell } = context;
  try {
    const missing: string[] = [];
    const found = await collected(context, taken, missing);
    if (found !== undefined) {
      const file = await fileOf(context, taken.recordFile);
      // Made anew, so that it is its owner's alone whatever was there.
      await rm(file, { force: true });
      await writeFile(file, found, { flag: "wx", mode: 0o600 });
      tell({ event: "evidence", file });
    }
    if (missing.length > 0) tell({ event: "warning", why: `some evidence is missing: ${named(missing)}` });
  } catch (error) {
    tell({ event: "warning", why: `no evidence of the canaries is kept: ${reasonOf(error)}` });
  }
}

/** The text of the file; undefined where there are no instances that anything could be known of. */
async function collected(
  context: Keeper,
  { verdict, why, release, counted }: TakenFor,
  missing: string[],
): Promise<string | undefined> {
  const { nomad, consul, environment, service, settings } = context;
  const signal = AbortSignal.timeout(inAllSeconds * 1000);
  const job = `${service}-canary`;
  const { port } = settings.counter;
  const orNothing = async <T>(what: string, nothing: T, ask: () => Promise<T>): Promise<T> => {
    try {
      return await ask();
    } catch (error) {
      missing.push(`${what}: ${signal.aborted ? `not within ${inAllSeconds} s` : reasonOf(error)}`);
      return nothing;
    }
  };
  const [allocations, instances, ports] = await Promise.all([
    nomad.allocations(job, 0, signal).then((answer) => answer.allocations),
    orNothing("addresses", [], async () => (await consul.instances(job, 0, signal)).instances),
    typeof port === "string"
      ? orNothing("ports", new Map<string, Address>(), () => nomad.portsOf(job, port, signal))
      : undefined,
  ]);
  if (allocations.length === 0) return undefined;

  const addressOf = ({ allocation, instance }: Known): Address | undefined => {
    if (allocation.client !== "running" || instance === undefined) return undefined;
    if (ports !== undefined) return ports.get(allocation.id);
    return typeof port === "number" ? { host: instance.address.host, port } : instance.address;
  };
  const logEnd = async (id: string, task: string, name: LogName) => {
    const text = await orNothing(`${name} of ${shortId(id)} ${task}`, undefined, () =>
      nomad.logEnd(id, task, name, mostLogBytes, signal),
    );
    return text === undefined ? null : linesOf(text);
  };
  const withLogs = async (id: string, tasks: readonly TaskEvidence[]) => {
    const done: TaskEvidence[] = [];
    await sleep(logsAfterMs);
    // One after the other: Nomad's agent takes a hundred connections of one client, and no more.
    for (const task of tasks) {
      const [stdout, stderr] = await Promise.all([
        logEnd(id, task.name, "stdout"),
        logEnd(id, task.name, "stderr"),
      ]);
      done.push({ ...task, stdout, stderr });
    }
    return done;
  };
  const questions = new LastQuestions(settings.counterPath, settings.counter);
  const lookInto = async (known: Known): Promise<InstanceEvidence> => {
    const evidence = evidenceOf(known);
    const address = addressOf(known);
    const [told, tasks] = await Promise.all([
      address === undefined
        ? null
        : orNothing(`the last errors of ${shortId(evidence.id)}`, null, () =>
            questions.ask(address, AbortSignal.any([signal, AbortSignal.timeout(answerSeconds * 1000)])),
          ),
      withLogs(evidence.id, evidence.tasks),
    ]);
    return { ...evidence, told, tasks };
  };
  try {
    const looked = await Promise.all(chosen(allocations, instances, counted).map(lookInto));
    return textOf({
      evidence: "canary",
      version: 1,
      environment: environment.name,
      service,
      release,
      verdict,
      why,
      at: new Date().toISOString(),
      instances: looked,
      others: allocations.length - looked.length,
      missing,
    });
  } finally {
    await questions.close();
  }
}

async function fileOf(
  { environment, service, settings }: Keeper,
  record: string | undefined,
): Promise<string> {
  // A record may be a pipe or a device, beside which nothing is to be written.
  const isFile = record !== undefined && (await stat(record).catch(() => undefined))?.isFile() === true;
  if (isFile) return evidenceFileOf(record);
  const folder = settings.gate.record ?? stateFolder(process.env);
  return await newEvidenceFile(folder, { environment: environment.name, service }, new Date());
}

function named([first = "", ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first}; and ${others.length} more`;
}
