import type { ExternalService } from "../../settings/consul-external.ts";
import type { ServiceName } from "../../settings/names.ts";

type Given = { service: ServiceName; external: readonly ExternalService[] };

/** Instances under these names come from jobs: HAProxy would send traffic to anything else that has them. */
export function isOutside({ service, external }: Given): boolean {
  // Asked of names that were refused too, so none is parsed here.
  const own: readonly string[] = [service, `${service}-canary`, `${service}-twin`];
  return external.every(({ name }) => !own.includes(name));
}

export const mustBeOutside = {
  path: ["external"],
  error: "must not have the name of the service itself or of its canary or twin",
};
