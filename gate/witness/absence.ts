import { setTimeout as sleep } from "node:timers/promises";
import { NaryError } from "../../settings/errors.ts";
import { haproxyName, type ServiceName } from "../../settings/names.ts";
import type { Consul, Instance } from "../clients/consul.ts";
import { patiently } from "../clients/patience.ts";
import { reasonOf } from "../errors.ts";
import { Reader } from "./reader.ts";
import type { Server } from "./server-list.ts";

const firstPauseMs = 20;
const mostPauseMs = 250;

/** What the HAProxies in front of a service say of servers that are to be gone. */
export type Absence = {
  /** How many are registered. */
  haproxies: number;
  /** Those that have not confirmed it, and why; one sentence each, without a full stop. */
  unconfirmed: string[];
};

export type AbsenceOptions = {
  consul: Consul;
  service: ServiceName;
  /** Seconds after which one answer is given up, and a HAProxy that has given none. */
  answerSeconds: number;
  /** Seconds that a HAProxy which answers may have such servers still. */
  seconds: number;
  /** Whether a server is one of those that are to be gone. */
  unwanted: (server: Server) => boolean;
};

/**
 * Asks every HAProxy for its list of servers until it has none of the unwanted ones. Each is asked at its own pace, and
 * none keeps the caller waiting for more than its time.
 *
 * The answer is that of the process which takes new connections: while a process that a reload has replaced answers on a
 * connection kept alive, it is its own list that is read. What such a process has begun it still ends, so a request that
 * was open at the reload may be with an unwanted server until `timeouts.hardStopSeconds` have passed; it gets no new ones.
 */
export async function untilAbsent(options: AbsenceOptions): Promise<Absence> {
  const { consul, service, answerSeconds, seconds } = options;
  let registered: readonly Instance[];
  try {
    ({ instances: registered } = await patiently(() => consul.instances(haproxyName(service)), { seconds }));
  } catch (error) {
    if (!(error instanceof NaryError)) throw error;
    return { haproxies: 0, unconfirmed: [`nobody knows which HAProxies there are: ${said(error)}`] };
  }
  const places = new Map(registered.map((each) => [`${each.address.host} ${each.address.port}`, each]));
  const reader = new Reader(Math.min(answerSeconds, seconds));
  try {
    const asked = [...places.values()].map((haproxy) => troubleOf(reader, haproxy, options));
    const troubles = await Promise.all(asked);
    return { haproxies: places.size, unconfirmed: troubles.filter((each) => each !== undefined) };
  } finally {
    await reader.close();
  }
}

/** Why a HAProxy has not confirmed it in its time; undefined as soon as it has. */
async function troubleOf(
  reader: Reader,
  { address, node }: Instance,
  { service, answerSeconds, seconds, unwanted }: AbsenceOptions,
): Promise<string | undefined> {
  const start = performance.now();
  let patienceSeconds = Math.min(answerSeconds, seconds);
  for (let pause = firstPauseMs; ; pause = Math.min(pause * 1.2, mostPauseMs)) {
    let why: string;
    try {
      const left = (await reader.servers(address, service)).filter(unwanted);
      patienceSeconds = seconds;
      const [first] = left;
      if (first === undefined) return undefined;
      const others = left.length > 1 ? ` and ${left.length - 1} more` : "";
      why = `still has the server ${first.name} (${first.status})${others}`;
    } catch (error) {
      if (!(error instanceof NaryError)) throw error;
      why = `cannot be asked: ${said(error)}`;
    }
    if (performance.now() - start + pause > patienceSeconds * 1000)
      return `the HAProxy at ${address.host}:${address.port} on ${node} ${why}`;
    await sleep(pause);
  }
}

const said = (error: NaryError) => reasonOf(error).replace(/\.$/, "");
