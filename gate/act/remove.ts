import { setTimeout as sleep } from "node:timers/promises";
import { ownerKey } from "../../settings/records.ts";
import { stoppingOf } from "../../settings/stopping.ts";
import { patiently } from "../clients/patience.ts";
import type { Instance } from "../clients/consul.ts";
import type { Allocation } from "../clients/nomad-answers.ts";
import type { Acting } from "../context.ts";
import { many } from "../decide/words.ts";
import { strangersAmong } from "../discover/roster.ts";
import { ActError, reasonOf, UsageError } from "../errors.ts";
import { confirmGone } from "./confirm-off.ts";
import { untilReachable } from "./reachable.ts";

/** Time for tasks to be killed and for Consul to hear of it, beyond the shutdown delay. */
const goneSeconds = 120;
const lookMs = 250;

/** The roles that are there for the time of a release. */
type Passing = "canary" | "twin";

/**
 * Takes the canary and its twin away, which get no traffic any more: their stacks are destroyed, and then they are
 * proved to be gone.
 */
export async function removeCanary(context: Acting): Promise<void> {
  await context.lock.assertHeld();
  await untilReachable(context);
  const removed = [remove(context, "canary"), removeTwin(context)];
  // A Pulumi that runs is never cut: both have ended before a failure is told.
  const failures = (await Promise.allSettled(removed)).flatMap((each) =>
    each.status === "rejected" ? [reasonOf(each.reason)] : [],
  );
  if (failures.length > 1) throw new ActError(failures.join("; "));
  await Promise.all(removed);
}

async function remove(context: Acting, role: Passing): Promise<void> {
  await stopInstances(context, role);
  await context.pulumi.destroy(context.stacks[role]);
  await removeLeftovers(context, role);
  await proveGone(context, role);
}

/** Whoever asks for a twin no more may have one still, and perhaps no stack of it. */
async function removeTwin(context: Acting): Promise<void> {
  const { pulumi, stacks, settings } = context;
  if (settings.twin) {
    await remove(context, "twin");
    return;
  }
  if (!(await isThere(context, "twin"))) return;
  await stopInstances(context, "twin");
  await pulumi.destroy(stacks.twin).catch((error: unknown) => {
    if (!(error instanceof UsageError)) throw error;
  });
  await removeLeftovers(context, "twin");
  await proveGone(context, "twin");
}

/**
 * Stops the instances and waits for their end. Pulumi purges the job, and of a purged job Nomad no longer tells which
 * allocations still run, although their ports may be given to the next ones.
 *
 * @throws ActError when some still run after their time
 */
async function stopInstances(context: Acting, role: Passing): Promise<void> {
  const { nomad, service, environment, settings } = context;
  const name = `${service}-${role}`;
  const job = await patiently(() => nomad.job(name));
  if (job?.meta["nary_environment"] !== environment.name) return;
  await patiently(() => nomad.stop(name));
  const { shutdownDelaySeconds, killTimeoutSeconds } = stoppingOf(settings);
  const end = performance.now() + (shutdownDelaySeconds + killTimeoutSeconds + goneSeconds) * 1000;
  for (;;) {
    const { allocations } = await patiently(() => nomad.allocations(name));
    const running = allocations.filter(runs);
    if (running.length === 0) return;
    if (performance.now() > end)
      throw new ActError(`${many(running.length, "allocation")} of ${name} still run`);
    await sleep(lookMs);
  }
}

const runs = ({ client }: Allocation) => client === "running" || client === "pending";

/** Whether anything of a role is there: its job, its instances, or what its stack declares. */
export async function isThere(context: Acting, role: Passing): Promise<boolean> {
  const { consul, keys } = context;
  const declared = await patiently(() => consul.keys(keys.declared(role)));
  return declared.length > 0 || (await leftOf(context, role)) !== undefined;
}

/** A Pulumi that was killed in the middle of a create leaves things that no later `destroy` knows of. */
async function removeLeftovers(context: Acting, role: Passing): Promise<void> {
  const { nomad, consul, environment, service, keys, tell } = context;
  const meta = { nary_environment: environment.name, nary_service: service, nary_role: role };
  for (const job of await patiently(() => nomad.jobsWith(meta))) {
    tell({ event: "warning", why: `the job ${job} was left over by a Pulumi that did not end: removing it` });
    await patiently(() => nomad.purge(job));
  }
  const owner = ownerKey(service, role);
  const isOurs = (await patiently(() => consul.get(owner)))?.value === environment.name;
  const declared = await patiently(() => consul.keys(keys.declared(role)));
  for (const key of isOurs ? [...declared, owner] : declared) {
    tell({ event: "warning", why: `the key ${key} was left over by a Pulumi that did not end: removing it` });
    await patiently(() => consul.delete(key));
  }
}

/**
 * A HAProxy that cannot be asked, or still has a server, is told, and keeps nothing from being gone: nobody is behind it.
 *
 * @throws ActError that says what is still there
 */
async function proveGone(context: Acting, role: Passing): Promise<void> {
  const { service, settings, tell } = context;
  const end = performance.now() + (stoppingOf(settings).shutdownDelaySeconds + goneSeconds) * 1000;
  for (;;) {
    const left = await leftOf(context, role);
    if (left === undefined) break;
    if (performance.now() > end) {
      throw new ActError(`The ${role} was destroyed, but is not gone: ${left}.`);
    }
    await sleep(lookMs);
  }
  const absence = await confirmGone(context, role);
  for (const why of absence.unconfirmed)
    tell({ event: "warning", why: `it is not proved that the ${role} is gone from HAProxy: ${why}` });
  tell({ event: "gone", job: `${service}-${role}`, ...absence });
}

async function leftOf({ nomad, consul, service }: Acting, role: Passing): Promise<string | undefined> {
  const name = `${service}-${role}`;
  const job = await patiently(() => nomad.job(name));
  if (job !== undefined && !job.stopped) return `the job ${name} is registered in Nomad`;
  const { allocations } = await patiently(() => nomad.allocations(name));
  const running = allocations.filter(runs);
  if (running.length > 0) return `${running.length} allocations of ${name} still run`;
  const { instances } = await patiently(() => consul.instances(name));
  if (instances.length > 0) return registeredStill(name, instances, allocations);
  return undefined;
}

/** Nomad takes back what it has registered; whatever nobody's allocation is has to be taken away by hand. */
export function registeredStill(
  name: string,
  instances: readonly Instance[],
  allocations: readonly Allocation[],
): string {
  const [stranger] = strangersAmong(instances, allocations);
  const count = `${many(instances.length, "instance")} of ${name} ${instances.length === 1 ? "is" : "are"} registered in Consul`;
  if (stranger === undefined) return count;
  const { id, node } = stranger;
  return `${count}, and ${id} on ${node} is none of Nomad's allocations: deregister it at the Consul agent of ${node}`;
}
