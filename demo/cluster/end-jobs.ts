import { z } from "zod";
import { deleteAt, getJson } from "./http.ts";
import { until } from "./until.ts";

const patienceMs = 8_000;

const jobs = z.array(z.object({ ID: z.string(), Namespace: z.string() }));
const allocations = z.array(z.object({ ClientStatus: z.string() }));
const isRunning = ({ ClientStatus }: { ClientStatus: string }) =>
  ["pending", "running"].includes(ClientStatus);

/** Ends every job in the way that gives its tasks the time they ask for; what stays is for the caller to kill. */
export async function endJobs(nomadAddress: string): Promise<void> {
  const all = (await getJson(`${nomadAddress}/v1/jobs?namespace=*`, jobs)) ?? [];
  await Promise.allSettled(
    all.map(({ ID, Namespace }) => {
      const query = new URLSearchParams({ namespace: Namespace, purge: "true", no_shutdown_delay: "true" });
      return deleteAt(`${nomadAddress}/v1/job/${encodeURIComponent(ID)}?${query.toString()}`);
    }),
  );
  await until(async () => {
    const left = await getJson(`${nomadAddress}/v1/allocations?namespace=*`, allocations);
    // A Nomad that does not answer has nothing more to tell.
    return left?.some(isRunning) === true ? undefined : true;
  }, patienceMs);
}
