import { z } from "zod";
import { deleteAt, getJson } from "../demo/cluster/http.ts";
import { until } from "../demo/cluster/until.ts";
import { DemoError } from "../demo/errors.ts";

const patienceMs = 120_000;
const lookMs = 20;

const entries = z.array(z.object({ Service: z.object({ Port: z.int() }) }));
const taskStates = z.record(
  z.string(),
  z.object({ Events: z.array(z.object({ DisplayMessage: z.string() })) }),
);
const allocations = z.array(
  z.object({ ClientStatus: z.string(), ClientDescription: z.string(), TaskStates: taskStates.nullish() }),
);

/** A job whose instances are registered in Consul by the same name. */
export type Where = { consulAddress: string; nomadAddress: string; job: string; signal: AbortSignal };

/** Ports of the instances that pass their checks. */
async function healthyPorts({ consulAddress, job }: Omit<Where, "signal">): Promise<number[]> {
  const found = await getJson(`${consulAddress}/v1/health/service/${job}?passing=true`, entries);
  return found?.map(({ Service: { Port: port } }) => port) ?? [];
}

/** Registers a job in Nomad, as `nomad job run -detach -json` would. */
export async function registerJob(nomadAddress: string, body: string): Promise<void> {
  const response = await fetch(`${nomadAddress}/v1/jobs`, { method: "PUT", body });
  if (!response.ok) throw new DemoError("step", `Nomad refused a job: ${await response.text()}`);
  await response.body?.cancel();
}

/** Waits until so many instances pass their checks. Resolves to their ports. */
export async function untilHealthy(count: number, where: Where): Promise<number[]> {
  return await eventually(`${count} healthy instances of ${where.job}`, where, async () => {
    const ports = await healthyPorts(where);
    return ports.length === count ? ports : undefined;
  });
}

/**
 * Stops the job and waits until nothing of it runs or is registered; then its name is free. Of a purged job Nomad no
 * longer tells what still runs, although it gives the ports away.
 */
export async function endJob(where: Where): Promise<void> {
  const job = `${where.nomadAddress}/v1/job/${where.job}`;
  await deleteAt(`${job}?no_shutdown_delay=true`);
  await untilGone(where);
  await deleteAt(`${job}?purge=true`);
}

/** Waits until nothing of the job runs or is registered. */
export async function untilGone(where: Where): Promise<void> {
  const { consulAddress, nomadAddress, job } = where;
  await eventually(`the end of ${job}`, where, async () => {
    const running = (await getJson(`${nomadAddress}/v1/job/${job}/allocations`, allocations))?.some(
      ({ ClientStatus }) => ["pending", "running"].includes(ClientStatus),
    );
    const registered = await getJson(`${consulAddress}/v1/health/service/${job}`, entries);
    return running !== true && registered?.length === 0 ? true : undefined;
  });
}

async function eventually<Answer>(
  what: string,
  where: Where,
  ask: () => Promise<Answer | undefined>,
): Promise<Answer> {
  const patient = () => {
    where.signal.throwIfAborted();
    return ask();
  };
  const found = await until(patient, patienceMs, lookMs);
  if (found !== undefined) return found;
  const healthy = (await healthyPorts(where)).length;
  const all = await getJson(`${where.nomadAddress}/v1/job/${where.job}/allocations`, allocations);
  const states = all?.map(({ ClientStatus, ClientDescription, TaskStates }) => {
    const events = Object.values(TaskStates ?? {}).flatMap((task) =>
      task.Events.map((event) => event.DisplayMessage),
    );
    return `${ClientStatus} (${ClientDescription}: ${events.join(" | ")})`;
  });
  throw new DemoError(
    "step",
    `There was not ${what} within ${patienceMs / 1000} s: ${healthy} are healthy; allocations: ${states?.join(", ") ?? "unknown"}.`,
  );
}
