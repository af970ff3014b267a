import { setTimeout } from "node:timers/promises";
import { z } from "zod";
import { sharedCluster } from "../../support/cluster.ts";

const job = z.object({
  Stop: z.boolean(),
  Status: z.string(),
  Version: z.number(),
  TaskGroups: z.array(z.object({ Count: z.number() })),
});

export type LiveJob = z.infer<typeof job>;

async function request(method: string, path: string, body?: unknown): Promise<Response> {
  const { nomadAddress } = await sharedCluster();
  return fetch(new URL(path, nomadAddress), {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function accepted(response: Response): Promise<Response> {
  if (!response.ok) throw new Error(`Nomad answered ${response.status}: ${await response.text()}`);
  return response;
}

/** The job as Nomad has it, or undefined. */
export async function liveJob(id: string): Promise<LiveJob | undefined> {
  const response = await request("GET", `/v1/job/${id}`);
  return response.status === 404 ? undefined : job.parse(await (await accepted(response)).json());
}

export async function registerOutside(body: unknown): Promise<void> {
  await accepted(await request("PUT", "/v1/jobs", { Job: body }));
}

export async function stopOutside(id: string, purge: boolean): Promise<void> {
  await accepted(await request("DELETE", `/v1/job/${id}?purge=${purge}`));
}

export async function scaleOutside(id: string, group: string, count: number): Promise<void> {
  // Nomad refuses to scale while a deployment runs.
  for (let tries = 0; ; tries++) {
    const response = await request("PUT", `/v1/job/${id}/scale`, { Count: count, Target: { Group: group } });
    if (response.ok || tries === 400) {
      await accepted(response);
      return;
    }
    await setTimeout(100);
  }
}

const variable = z.object({ Items: z.record(z.string(), z.string()) });

/** The items of a variable as Nomad has them, or undefined. */
export async function liveVariable(path: string): Promise<Record<string, string> | undefined> {
  const response = await request("GET", `/v1/var/${path}`);
  return response.status === 404 ? undefined : variable.parse(await (await accepted(response)).json()).Items;
}

export async function putVariable(path: string, Items: Record<string, string>): Promise<void> {
  await accepted(await request("PUT", `/v1/var/${path}`, { Path: path, Items }));
}

export async function deleteVariable(path: string): Promise<void> {
  await accepted(await request("DELETE", `/v1/var/${path}`));
}
