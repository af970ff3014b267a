import type { Say } from "../../demo/say.ts";
import type { Found } from "../main.ts";
import { measureMemory, Service, type Measured } from "./measured.ts";
import { additionsOf, rounded, rowsOf } from "./rows.ts";
import { variants, type VariantName } from "./variants.ts";

type Options = { rounds: number; signal: AbortSignal; say: Say };

const memoryRequestsPerRound = 2_000_000;

/** What the kit takes of a service's processor, beside nothing and beside what others use. */
export async function runAppOverhead({ rounds, signal, say }: Options): Promise<Found> {
  const measured = new Map<VariantName, Measured[]>(variants.map(({ name }) => [name, []]));
  const services: Service[] = [];
  try {
    for (const variant of variants) services.push(await Service.start(variant, signal));
    for (let round = 1; round <= rounds; round++) {
      say(`round ${round} of ${rounds}`);
      // One after the other in each round, so that a busy machine is one for all.
      for (const service of services) measured.get(service.variant.name)?.push(await service.measure(signal));
    }
  } finally {
    await Promise.all(services.map((service) => service.stop()));
  }
  const requests = rounds * memoryRequestsPerRound;
  say(`memory: ${requests.toLocaleString("en")} requests in one process`);
  const { earlyMb, lateMb } = await measureMemory(requests, signal);
  const memory = { requests, earlyMb: rounded(earlyMb), lateMb: rounded(lateMb) };
  const [rows, additions] = [rowsOf(measured), additionsOf(measured)];
  return {
    object: { rows, additions, memory },
    lines: [
      ...rows.map(
        ({ name, queries = 0, cpuUsPerRequest, requestsPerSecond }) =>
          `${name.padEnd(14)} ${queries} queries  ${cpuUsPerRequest} µs of CPU a request, ${requestsPerSecond} requests a second`,
      ),
      ...additions.map(
        ({ name, cpuUs, throughput }) =>
          `${name.padEnd(14)} adds ${cpuUs} µs a request, leaves ${(throughput * 100).toFixed(1)} % of the throughput`,
      ),
      `memory         ${memory.earlyMb} MiB after ${requests / 10} requests, ${memory.lateMb} MiB after ${requests}`,
    ],
    ok: true,
  };
}
