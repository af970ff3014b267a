import { canaryWorkload, type CanaryWorkload } from "../../../components/job/canary.ts";
import { serviceWorkload, type ServiceWorkload } from "../../../components/job/production.ts";
import { description, type Description } from "../../../components/haproxy/description.ts";

const shared = { environment: "default", service: "api", release: "registry/api:2", count: 8 };
const docker = { driver: "docker" };

export const canaryOf = (changes: object = {}): CanaryWorkload =>
  canaryWorkload.parse({ ...shared, task: docker, startSeconds: 60, ...changes });

export const serviceOf = (changes: object = {}): ServiceWorkload =>
  serviceWorkload.parse({ ...shared, task: docker, ...changes });

export const haproxyOf = (changes: object = {}): Description =>
  description.parse({ ...shared, port: 8080, statsPort: 8404, ...changes });
