export { sumWorkers } from "./cluster/primary.ts";
export { stopWorkersOn } from "./cluster/stop-workers.ts";
export { createKit, type Kit, type KitOptions } from "./kit.ts";
export type { Counts } from "./counts/answer.ts";
export type { Identity } from "./counts/identity.ts";
export { describeRequest } from "./counts/request.ts";
export { runRequest, type Work } from "./counts/run-request.ts";
export { startQuery, type Query } from "./cost/query.ts";
export type { CostReport } from "./cost/report.ts";
export type { SlowQuery, Tally } from "./cost/cost.ts";
export type { Alert } from "./limits/alert.ts";
export type { Exceeded, Limits, Metric } from "./limits/limits.ts";
export { slackAlerts, teamAlerts, webhookAlerts, type WebhookOptions } from "./limits/sinks.ts";
export type { StallReport } from "./lag/stalled.ts";
export type { EventLoopLag } from "./lag/watch.ts";
export type { RouteCost } from "./cost/routes.ts";
export { ofModel } from "./cost/model.ts";
export { sqlParserTables, type SqlParser, type TablesOf } from "./cost/tables.ts";
export type { ErrorDetails, ErrorSinks } from "./errors/log-server-error.ts";
export { openTelemetryMetrics, promClientMetrics, type Logger, type Metrics } from "./errors/sinks.ts";
export {
  clientError,
  expectedOutcome,
  isAppError,
  recoveredFailure,
  responseOf,
  serverError,
  type AppError,
  type ClientError,
  type ExpectedOutcome,
  type RecoveredFailure,
  type ServerError,
} from "./errors/taxonomy.ts";
export type { ShutdownOptions } from "./life/shutdown.ts";
export type { StopOptions } from "./life/stop-on.ts";
export type { RecentError } from "./state.ts";
