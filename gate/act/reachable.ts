import { patiently } from "../clients/patience.ts";
import type { Context } from "../context.ts";

/** Waits for Consul and Nomad, which Pulumi's providers do not: an operation that begins while one is away has failed. */
export async function untilReachable({ consul, nomad }: Pick<Context, "consul" | "nomad">): Promise<void> {
  await Promise.all([patiently(() => consul.check()), patiently(() => nomad.check())]);
}
