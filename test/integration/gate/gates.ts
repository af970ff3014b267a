import { Consul } from "../../../gate/clients/consul.ts";
import type { Crew } from "../../../gate/context.ts";
import type { Evidence, Wait } from "../../../gate/decide/verdict.ts";
import { Interrupts } from "../../../gate/interrupts.ts";
import { withLock, type Locking } from "../../../gate/lock/with-lock.ts";
import type { Lock } from "../../../gate/lock/lock.ts";
import { withPeople } from "../../../gate/people/with-people.ts";
import { audienceOf } from "../../../gate/tell/audience.ts";
import type { Event } from "../../../gate/tell/events.ts";
import { controlRecord, type Request } from "../../../settings/control.ts";
import { serviceName } from "../../../settings/names.ts";
import { keysOf } from "../../../settings/records.ts";
import type { GateSettings } from "../../../settings/schema.ts";
import { environmentName } from "../../../settings/stacks.ts";
import { statusRecord, type Status } from "../../../settings/status.ts";
import { until } from "../../../demo/cluster/until.ts";
import { sharedCluster } from "../../support/cluster.ts";

export type Gate = Crew & {
  lock: Lock;
  /** All that it told so far. */
  events: Event[];
  tell: (event: Event) => void;
  /** Ends it as it ends by itself. */
  end: () => Promise<void>;
};

export type Gates = {
  consul: Consul;
  keys: ReturnType<typeof keysOf>;
  /** A gate that has the lock and does nothing; rejects where it does not come to have it. */
  start: (locking?: Partial<Locking>, onNewer?: GateSettings["onNewer"]) => Promise<Gate>;
  /** What is told of the one that runs; undefined where none does. */
  status: () => Promise<Status | undefined>;
  /** What people have asked, and nobody has taken away. */
  requests: () => Promise<readonly Request[]>;
  /** Ends all that run. */
  close: () => Promise<void>;
};

/** What a look gives that waits for more requests. */
export const waiting: Wait & { evidence: Evidence } = {
  type: "wait",
  why: "7 of 100 requests",
  step: 0,
  wentOn: null,
  waitsFor: null,
  extended: null,
  evidence: {
    canary: { requests: 7, failed: 0, errors: 0 },
    other: null,
    seconds: 3,
    clientErrors: null,
    allowed: [],
    unknown: [],
  },
};

/** Gates of one service of its own, in the shared Consul or another one. */
export async function gatesOf(name: string, elsewhere?: { address: string; token?: string }): Promise<Gates> {
  const address = elsewhere?.address ?? (await sharedCluster()).consulAddress;
  const consul = new Consul(new URL(address), elsewhere?.token);
  const keys = keysOf(environmentName.parse("people"), serviceName.parse(name));
  const stacks = { canary: "canary", twin: "twin", production: "production" };
  const running = new Set<() => Promise<void>>();

  const start: Gates["start"] = async (locking = {}, onNewer = "refuse") => {
    const events: Event[] = [];
    const { tell, listen } = audienceOf((event) => events.push(event));
    const interrupts = new Interrupts(tell);
    const context = { consul, keys, stacks, interrupts, tell, settings: { gate: { onNewer, steps: [] } } };
    const { promise: over, resolve: finish } = Promise.withResolvers<undefined>();
    const { promise: started, resolve: starts } = Promise.withResolvers<Gate>();
    const asked = { command: "gate", wait: false, takeOver: false, ...locking };
    const ended = withLock(context, asked, (locked) =>
      withPeople(locked, asked.command, listen, async ({ lock, people, control, status }) => {
        starts({ lock, people, control, status, events, tell, end });
        await over;
      }),
    );
    const end = async () => {
      running.delete(stop);
      finish(undefined);
      await ended;
    };
    const stop = async () => {
      interrupts.request();
      finish(undefined);
      await ended.catch(() => undefined);
      running.delete(stop);
    };
    running.add(stop);
    const lost = ended.then(() => {
      throw new Error("It ended.");
    });
    return await Promise.race([started, lost]);
  };

  return {
    consul,
    keys,
    start,
    status: async () => {
      const pair = await consul.get(keys.status);
      return pair && statusRecord.decode(keys.status, pair.value);
    },
    requests: async () => {
      const pair = await consul.get(keys.control);
      return pair === undefined ? [] : controlRecord.decode(keys.control, pair.value).requests;
    },
    close: async () => {
      await Promise.all([...running].map((stop) => stop()));
      await consul.close();
    },
  };
}

/** Waits until something is so. */
export async function untilSo(
  what: string,
  ask: () => boolean | Promise<boolean>,
  seconds = 30,
): Promise<void> {
  const answer = await until(async () => ((await ask()) ? true : undefined), seconds * 1000, 50);
  if (answer === undefined) throw new Error(`In ${seconds} s this did not become true: ${what}`);
}
