import { join } from "node:path";
import { z } from "zod";
import { getJson } from "../../demo/cluster/http.ts";
import { until } from "../../demo/cluster/until.ts";
import { DemoError } from "../../demo/errors.ts";
import type { Say } from "../../demo/say.ts";
import { deregister, register, setKey } from "../consul.ts";
import type { Found } from "../main.ts";
import { inSite, type Place } from "../site.ts";
import { startHaproxy, untilServers } from "./haproxy.ts";
import { canaries, found, methods, setups, type Method, type Row, type Setup } from "./rows.ts";
import { send } from "./send.ts";
import { startService, type Service } from "./service.ts";

const stable = 4;
/** Every 50th request of a canary. */
const errorRate = "0.02";
const catalogMs = 10_000;
const catalog = z.array(z.object({ ServicePort: z.int() }));

type Options = { requests: number; signal: AbortSignal; say: Say };
type Instance = Service & { consulName: string; haproxyName: string };

/** A bad canary behind HAProxy, as it is written by hand and as it is ours: who gets to see its errors. */
export function runBlastRadius(options: Options): Promise<Found> {
  return inSite({ ...options, also: ["consul-template"] }, async (place) => {
    // What the gate says under the policy `zero-errors`.
    await setKey(place.cluster.consulAddress, "nary/local/api/run/traffic", "on markdown");
    const rows: Row[] = [];
    for (const setup of setups) {
      for (const method of methods) {
        options.say(`${options.requests} times ${method} through HAProxy, ${setup}`);
        rows.push(await measure(setup, method, options, place));
      }
    }
    return found(rows);
  });
}

async function measure(setup: Setup, method: Method, options: Options, place: Place): Promise<Row> {
  const { requests, signal } = options;
  const { folder, cluster, site } = place;
  const instances: Instance[] = [];
  const close: (() => Promise<void>)[] = [];
  try {
    const { environment } = site.surroundings;
    // Quarantine is the app's part of the shield.
    const role = setup === "nary" ? { NARY_ROLE: "canary", QUARANTINE: "on" } : {};
    const bad = { ...environment, ...role, FAULTS: `errorRate=${errorRate}` };
    for (let index = 0; index < stable + canaries; index += 1) {
      const isStable = index < stable;
      const service = await startService(isStable ? environment : bad);
      close.push(service.stop);
      const consulName = isStable ? "api" : "api-canary";
      const id = `bench-${service.port}`;
      await register(cluster.consulAddress, consulName, id, service.port);
      close.push(() => deregister(cluster.consulAddress, id));
      const haproxyName = `${isStable ? "api" : "canary"}_127.0.0.1_${service.port}`;
      instances.push({ ...service, consulName, haproxyName });
    }
    await untilCatalog(cluster.consulAddress, instances);
    const haproxy = await startHaproxy(setup, join(folder, `${setup}-${method}`), site);
    close.push(haproxy.stop);
    await untilServers(
      site.statsUrl,
      instances.map(({ haproxyName }) => haproxyName),
      signal,
    );
    const clientErrors = await send({ url: site.url, method, requests, signal });
    const errors = await Promise.all(instances.slice(stable).map(({ errorCount }) => errorCount()));
    const canaryErrors = errors.reduce((sum, count) => sum + count, 0);
    return { setup, method, clientErrors, canaryErrors, requests };
  } finally {
    for (const one of close.toReversed()) await one();
  }
}

/** Waits until Consul's catalog, which runs after its agent, has exactly these instances. */
async function untilCatalog(consulAddress: string, instances: readonly Instance[]): Promise<void> {
  const portsOf = (name: string) =>
    instances.filter(({ consulName }) => consulName === name).map(({ port }) => port);
  const has = async () => {
    for (const name of ["api", "api-canary"]) {
      const there = await getJson(`${consulAddress}/v1/catalog/service/${name}`, catalog);
      const ports = there?.map(({ ServicePort: port }) => port) ?? [];
      if (ports.toSorted().join() !== portsOf(name).toSorted().join()) return undefined;
    }
    return true;
  };
  if ((await until(has, catalogMs)) === undefined) {
    throw new DemoError("step", `Consul did not have all instances within ${catalogMs / 1000} s.`);
  }
}
