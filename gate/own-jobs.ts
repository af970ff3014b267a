import { patiently } from "./clients/patience.ts";
import type { Context } from "./context.ts";
import { UsageError } from "./errors.ts";

/**
 * Refuses to go on where the jobs of this service are those of another environment: jobs are called after the service
 * alone, so that one environment would replace what the other one runs.
 *
 * @throws UsageError that names the job and whose it is
 */
export async function checkOwnJobs({ nomad, environment, service, interrupts }: Context): Promise<void> {
  const { signal } = interrupts;
  for (const name of [service, `${service}-canary`, `${service}-twin`]) {
    const job = await patiently(() => nomad.job(name, signal), { signal });
    const owner = job?.meta["nary_environment"];
    if (owner === undefined || owner === environment.name) continue;
    throw new UsageError(
      `The job ${name} in Nomad is that of the environment ${owner}, and ${environment.name} would replace it, since ` +
        `nary:service is ${service} in both: give ${environment.name} a name of its own, or a Nomad and a Consul of its ` +
        `own by nomad:address and consul:address.`,
    );
  }
}
