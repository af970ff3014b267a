export { createKit, type Kit, type KitOptions } from "./kit.ts";
export type { Counts, Identity } from "./counts/answer.ts";
export { describeRequest } from "./counts/request.ts";
export { ofModel } from "./cost/model.ts";
export { startQuery, type Query } from "./cost/query.ts";
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
export type { RecentError } from "./state.ts";
