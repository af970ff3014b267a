import { setTimeout as sleep } from "node:timers/promises";
import { stoppingOf } from "../../settings/stopping.ts";
import { patiently } from "../clients/patience.ts";
import type { Context } from "../context.ts";
import { ActError } from "../errors.ts";

/** Time for tasks to be killed and for Consul to hear of it, beyond the shutdown delay. */
const goneSeconds = 120;
const lookMs = 250;

/** Takes the canary away, which gets no traffic any more: its stack is destroyed, and then it is proved to be gone. */
export async function removeCanary(context: Context): Promise<void> {
  const { pulumi, stacks } = context;
  await pulumi.destroy(stacks.canary);
  await removeLeftovers(context);
  await proveGone(context);
}

/** A Pulumi that was killed in the middle of a create leaves things that no later `destroy` knows of. */
async function removeLeftovers({ nomad, consul, environment, service, keys, tell }: Context): Promise<void> {
  const meta = { nary_environment: environment.name, nary_service: service, nary_role: "canary" };
  for (const job of await patiently(() => nomad.jobsWith(meta))) {
    tell({ event: "warning", why: `the job ${job} was left over by a Pulumi that did not end: removing it` });
    await patiently(() => nomad.purge(job));
  }
  for (const key of await patiently(() => consul.keys(keys.declared("canary")))) {
    tell({ event: "warning", why: `the key ${key} was left over by a Pulumi that did not end: removing it` });
    await patiently(() => consul.delete(key));
  }
}

/** @throws ActError that says what is still there */
async function proveGone({ nomad, consul, service, settings, tell }: Context): Promise<void> {
  const name = `${service}-canary`;
  const end = performance.now() + (stoppingOf(settings).shutdownDelaySeconds + goneSeconds) * 1000;
  for (;;) {
    const left = await leftOf(name, nomad, consul);
    if (left === undefined) break;
    if (performance.now() > end) {
      throw new ActError(`The canary was destroyed, but is not gone: ${left}.`);
    }
    await sleep(lookMs);
  }
  tell({ event: "gone", job: name });
}

async function leftOf(
  name: string,
  nomad: Context["nomad"],
  consul: Context["consul"],
): Promise<string | undefined> {
  const job = await patiently(() => nomad.job(name));
  if (job !== undefined && !job.stopped) return `the job ${name} is registered in Nomad`;
  const { allocations } = await patiently(() => nomad.allocations(name));
  const running = allocations.filter(({ client }) => client === "running" || client === "pending");
  if (running.length > 0) return `${running.length} allocations of ${name} still run`;
  const { instances } = await patiently(() => consul.instances(name));
  if (instances.length > 0) return `${instances.length} instances of ${name} are registered in Consul`;
  return undefined;
}
