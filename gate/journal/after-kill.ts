import { setTimeout as sleep } from "node:timers/promises";
import { orphansOf, withoutPending, type Pending } from "../act/pending.ts";
import { removeCopiesOf } from "../act/stack-file.ts";
import { patiently } from "../clients/patience.ts";
import type { Acting } from "../context.ts";
import { StackLockedError } from "../errors.ts";
import { leftOfSession, standingOf } from "../lock/process.ts";
import { roles } from "../../settings/stacks.ts";
import type { Entry, PulumiRun } from "./entry.ts";

const lookMs = 200;
/** For programs that Pulumi started, which end by themselves when it has. */
const childrenSeconds = 10;
/** For a Pulumi elsewhere, of whose gate a person says that it has ended, to give its lock back. */
const elsewhereSeconds = 60;

/**
 * Makes the stacks usable again on which a killed gate's Pulumi worked: whatever of it still runs comes to its end
 * first, never to be cut; its lock and its pending operations are taken away, and with them what a create that was cut
 * has made without the state knowing of it.
 */
export async function endRuns(context: Acting, { pulumi: runs, by }: Entry): Promise<void> {
  for (const run of runs) await untilEnded(context, run);
  if ((await standingOf(by.process)) === "ended") await removeCopiesOf(by.process.pid);
  for (const stack of new Set(runs.map((run) => run.stack))) {
    await mend(
      context,
      stack,
      runs.filter((run) => run.stack === stack),
    );
  }
}

async function untilEnded(context: Acting, { stack, operation, process: mark }: PulumiRun): Promise<void> {
  const { tell, interrupts } = context;
  const { signal } = interrupts;
  const what = `the pulumi ${operation} of ${stack} (process ${mark.pid} on ${mark.host})`;
  const standing = await standingOf(mark);
  if (standing === "elsewhere") return;
  if (standing === "runs") {
    tell({ event: "warning", why: `${what} outlived its gate: waiting for its end` });
    while ((await standingOf(mark)) === "runs") await sleep(lookMs, undefined, { signal });
  }
  const end = performance.now() + childrenSeconds * 1000;
  for (let left = await leftOfSession(mark); left.length > 0; left = await leftOfSession(mark)) {
    if (performance.now() > end) {
      tell({
        event: "warning",
        why: `${what} has ended, but processes of it still ran: ending ${left.join(", ")}`,
      });
      for (const pid of left) kill(pid);
    }
    await sleep(lookMs);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}

async function mend(context: Acting, stack: string, runs: readonly PulumiRun[]): Promise<void> {
  const { pulumi, tell } = context;
  let pending: Pending[] = [];
  await withoutLock(context, stack, runs, async () => {
    // Each time anew: a Pulumi that was waited for has gone on writing.
    const found = withoutPending(await pulumi.exported(stack));
    pending = found.pending;
    await pulumi.import(stack, found.state);
  });
  if (pending.length === 0) return;
  const what = pending.map(({ operation, type }) => `${operation} ${type}`).join(", ");
  tell({ event: "warning", why: `${stack}: a Pulumi was cut while ${what}; its state is mended` });
  for (const orphan of orphansOf(pending)) {
    switch (orphan.type) {
      case "job":
        await removeJob(context, orphan.id);
        break;
      case "keys":
        await removeKeys(context, orphan.prefix);
        break;
    }
  }
}

/** Imports a state, after having taken the lock from the journal's own Pulumi and from nobody else. */
async function withoutLock(
  context: Acting,
  stack: string,
  runs: readonly PulumiRun[],
  work: () => Promise<void>,
): Promise<void> {
  const { pulumi, tell, interrupts } = context;
  const end = performance.now() + elsewhereSeconds * 1000;
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if (!(error instanceof StackLockedError)) throw error;
      const isOurs =
        error.holders.length > 0 &&
        error.holders.every(({ pid, host }) =>
          runs.some((run) => run.process.pid === pid && run.process.host === host),
        );
      const isElsewhere = await anyElsewhere(runs);
      // Who locked it is not known by every backend; such a lock ends by itself when nobody renews it.
      const isUnknown = error.holders.length === 0;
      if (!isOurs && !isUnknown) throw error;
      if (isOurs && (!isElsewhere || performance.now() > end)) {
        tell({ event: "warning", why: `${stack} was left locked by a Pulumi that was killed: unlocking it` });
        await pulumi.cancel(stack);
        continue;
      }
      if (performance.now() > end) throw error;
      await sleep(lookMs * 10, undefined, { signal: interrupts.signal });
    }
  }
}

async function anyElsewhere(runs: readonly PulumiRun[]): Promise<boolean> {
  const standings = await Promise.all(runs.map((run) => standingOf(run.process)));
  return standings.includes("elsewhere");
}

async function removeJob({ nomad, environment, service }: Acting, id: string): Promise<void> {
  const job = await patiently(() => nomad.job(id));
  const isOurs = job?.meta["nary_environment"] === environment.name && job.meta["nary_service"] === service;
  if (isOurs) await patiently(() => nomad.purge(id));
}

async function removeKeys({ consul, keys }: Acting, prefix: string): Promise<void> {
  if (!roles.some((role) => keys.declared(role) === prefix)) return;
  for (const key of await patiently(() => consul.keys(prefix))) await patiently(() => consul.delete(key));
}
