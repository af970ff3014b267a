import type { Instance } from "../clients/consul.ts";

/** The check by which an instance says whether it wants traffic; that it does not is no failure. */
const routing = "routing";

/** The checks in Consul that do not pass now, one sentence for each instance and check. */
export function failingOf(instances: readonly Instance[]): string[] {
  return instances.flatMap(({ id, checks }) =>
    checks
      .filter(({ name, passing }) => !passing && name !== routing)
      .map(({ name }) => `The health check ${name} of ${id} does not pass.`),
  );
}
