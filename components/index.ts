/**
 * Canary releases without Kubernetes, as components for a Pulumi program of your own, in TypeScript or JavaScript. Bad
 * arguments are told all at once, before anything is deployed; each component takes Pulumi's own options as its last
 * argument. Jobs, services and records are named after `service`, so the names of Pulumi's resources are yours to choose.
 *
 * @packageDocumentation
 */
export { CanaryJob, type CanaryJobArgs, type WatchedArgs } from "./canary-job.ts";
export { ConsulService, type ConsulServiceArgs } from "./consul-service.ts";
export { GateAccess, type GateAccessArgs } from "./gate-access.ts";
export { Haproxy, type HaproxyArgs } from "./haproxy.ts";
export type {
  HaproxyCertificateArgs,
  HaproxyExtraArgs,
  HaproxyLimitsArgs,
  HaproxyListenerArgs,
  HaproxyServiceArgs,
  HaproxyTimeoutsArgs,
  HaproxyTlsArgs,
} from "./haproxy/front-args.ts";
export { Image, type ImageArgs } from "./image.ts";
export { promotedRelease, type PromotedReleaseArgs } from "./promoted-release.ts";
export { ServiceJob, type RescheduleDelays, type ServiceJobArgs } from "./service-job.ts";

export type { CheckTimes, ConfigEntryArgs, ExternalArgs } from "./consul/args.ts";
export type {
  ArtifactArgs,
  BesideArgs,
  FilesArgs,
  HelperArgs,
  TemplateArgs,
  VolumeArgs,
} from "./job/beside-args.ts";
export type { HealthArgs, HealthCheckArgs } from "./job/health-args.ts";
export type {
  AffinityArgs,
  Comparison,
  ConstraintArgs,
  PlacementArgs,
  SpreadArgs,
} from "./job/placement-args.ts";
export type { FileTransform, OpenFileJob, OpenNomadJob, Transform } from "./job/transform.ts";
export type { JobspecArgs } from "./jobspec-args.ts";
export type { Role } from "../settings/stacks.ts";
export type { RuleName } from "../settings/rules.ts";
export type { WorkloadArgs } from "./workload-args.ts";
