import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { NomadJob } from "../../../components/job/nomad.ts";
import { sharedCluster } from "../../support/cluster.ts";

async function call<Schema extends z.ZodType>(
  schema: Schema,
  method: string,
  path: string,
  body?: unknown,
): Promise<z.output<Schema>> {
  const { nomadAddress } = await sharedCluster();
  const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
  const response = await fetch(nomadAddress + path, init);
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return schema.parse(JSON.parse(text));
}

const validation = z.object({
  ValidationErrors: z.array(z.string()).nullable(),
  Warnings: z.string(),
});

/** What Nomad finds wrong with a job, warnings included. */
export async function complaints(job: NomadJob): Promise<string[]> {
  const answer = await call(validation, "PUT", "/v1/validate/job", { Job: job });
  return [...(answer.ValidationErrors ?? []), ...(answer.Warnings === "" ? [] : [answer.Warnings])];
}

const plan = z.object({
  FailedTGAllocs: z.record(z.string(), z.unknown()).nullable(),
  Warnings: z.string(),
  Annotations: z.object({ DesiredTGUpdates: z.record(z.string(), z.object({ Place: z.number() })) }),
});

/** How many instances of each group Nomad would place; fails when it could not place them all. */
export async function placements(job: NomadJob): Promise<Record<string, number>> {
  const answer = await call(plan, "PUT", `/v1/job/${job.ID}/plan`, { Job: job, Diff: false });
  if (answer.FailedTGAllocs !== null) throw new Error(JSON.stringify(answer.FailedTGAllocs));
  const updates = Object.entries(answer.Annotations.DesiredTGUpdates);
  return Object.fromEntries(updates.map(([group, { Place: place }]) => [group, place]));
}

export async function register(job: NomadJob): Promise<void> {
  await call(z.unknown(), "PUT", "/v1/jobs", { Job: job });
}

/** Ends a job without a wait, and forgets it. */
export async function purge(job: string): Promise<void> {
  await call(z.unknown(), "DELETE", `/v1/job/${job}?purge=true&no_shutdown_delay=true`);
}

const allocations = z.array(
  z.object({
    ID: z.string(),
    ClientStatus: z.string(),
    DeploymentStatus: z.object({ Healthy: z.boolean().nullish() }).nullish(),
  }),
);

export async function allocationsOf(job: string): Promise<z.output<typeof allocations>> {
  return await call(allocations, "GET", `/v1/job/${job}/allocations`);
}

/** Waits until Nomad says of the job's first instance whether it is healthy. */
export async function healthOf(job: string, seconds = 60): Promise<boolean> {
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    const healthy = (await allocationsOf(job))[0]?.DeploymentStatus?.Healthy;
    if (typeof healthy === "boolean") return healthy;
    await sleep(100);
  }
  throw new Error(`Nomad does not say within ${seconds} s whether ${job} is healthy.`);
}

/** Writes a Nomad Variable. */
export async function setVariable(path: string, items: Record<string, string>): Promise<void> {
  await call(z.unknown(), "PUT", `/v1/var/${path}`, { Path: path, Items: items });
}

export async function deleteVariable(path: string): Promise<void> {
  const { nomadAddress } = await sharedCluster();
  await fetch(`${nomadAddress}/v1/var/${path}`, { method: "DELETE" });
}

/** What the one task of the job's latest instance has written so far. */
export async function logOf(job: string, type: "stdout" | "stderr"): Promise<string> {
  const { nomadAddress } = await sharedCluster();
  const [allocation] = await allocationsOf(job);
  const path = `/v1/client/fs/logs/${allocation?.ID ?? ""}?task=${job}-task&type=${type}&plain=true`;
  const response = await fetch(nomadAddress + path);
  return await response.text();
}
