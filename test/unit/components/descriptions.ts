import { canaryWorkload, type CanaryWorkload } from "../../../components/job/canary.ts";
import { serviceWorkload, type ServiceWorkload } from "../../../components/job/production.ts";
import { description } from "../../../components/haproxy/description.ts";
import type { Placed } from "../../../components/haproxy/job.ts";

const shared = { environment: "default", service: "api", release: "registry/api:2", count: 8 };
const docker = { driver: "docker" };

export const canaryOf = (changes: object = {}): CanaryWorkload =>
  canaryWorkload.parse({ ...shared, task: docker, startSeconds: 60, ...changes });

export const serviceOf = (changes: object = {}): ServiceWorkload =>
  serviceWorkload.parse({ ...shared, task: docker, ...changes });

export function haproxyOf(changes: object = {}): Placed {
  const { placement, ...rest } = description.parse({ ...shared, port: 8080, statsPort: 8404, ...changes });
  if (placement.type === "published") throw new Error("Nomad places no HAProxy that is published.");
  return { ...rest, placement };
}
