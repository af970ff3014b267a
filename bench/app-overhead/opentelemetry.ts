import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { ExportResultCode } from "@opentelemetry/core";
import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import { PgInstrumentation } from "@opentelemetry/instrumentation-pg";
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from "@opentelemetry/sdk-trace-base";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const kinds = new Set<string>();

/** Takes spans and keeps none: what an exporter costs is not measured. */
const nowhere: SpanExporter = {
  export: (spans, done) => {
    for (const { name } of spans) kinds.add(name);
    done({ code: ExportResultCode.SUCCESS });
  },
  shutdown: () => Promise.resolve(),
};

/** Names of the spans that there were. */
export const spanNames = (): string[] => [...kinds];

/** Traces as OpenTelemetry's documentation sets them up: each request and each query a span. */
export function startOpenTelemetry(): void {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const provider = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(nowhere)] });
  trace.setGlobalTracerProvider(provider);
  registerInstrumentations({
    tracerProvider: provider,
    instrumentations: [new HttpInstrumentation(), new PgInstrumentation({ requireParentSpan: true })],
  });
  // It changes the prototypes of what is required after it, which are those of what is imported.
  for (const name of ["http", "pg", "pg-pool"]) require(name);
}
