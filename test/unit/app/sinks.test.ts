import assert from "node:assert/strict";
import { Writable } from "node:stream";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { pino } from "pino";
import { Counter, Registry } from "prom-client";
import winston from "winston";
import { z } from "zod";
import { createKit, openTelemetryMetrics, promClientMetrics, serverError } from "../../../app/index.ts";

const line = z.looseObject({
  fingerprint: z.string().regex(/^[0-9a-f]{12}$/),
  area: z.literal("classes"),
  team: z.literal("core"),
  detail: z.literal(1),
});

const stacked = z.looseObject({ stack: z.string().optional() });

/** Keeps what is written, a line each. */
function memory(): { lines: string[]; stream: Writable } {
  const lines: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString());
      done();
    },
  });
  return { lines, stream };
}

function winstonMemory() {
  const lines: string[] = [];
  const logger = winston.createLogger({ format: winston.format.json() });
  logger.pipe(
    new Writable({
      objectMode: true,
      write: (info: object, _encoding, done) => {
        lines.push(String(Reflect.get(info, Symbol.for("message"))));
        done();
      },
    }),
  );
  return { lines, logger };
}

const error = () => serverError("broken", { area: "classes", team: "core" });

describe("an error that has to be fixed", () => {
  it("is logged by winston with its message, whose it is, and its details", () => {
    const { lines, logger } = winstonMemory();
    createKit({ logger }).logServerError({ error: error(), detail: 1 });
    const logged = line.parse(JSON.parse(lines[0] ?? ""));
    assert.deepEqual([logged["level"], logged["message"]], ["error", "broken"]);
  });

  it("keeps its details where its message has what a logger would fill with them", () => {
    const { lines, logger } = winstonMemory();
    createKit({ logger }).logServerError({
      error: new Error("near '%foo%'"),
      area: "classes",
      team: "core",
      detail: 1,
    });
    assert.equal(line.parse(JSON.parse(lines[0] ?? ""))["message"], "near '% foo%'");
    const written = memory();
    createKit({ logger: pino(written.stream) }).logServerError({
      error: new Error("near '%foo%'"),
      area: "classes",
      team: "core",
      detail: 1,
    });
    assert.equal(line.parse(JSON.parse(written.lines[0] ?? ""))["msg"], "near '%foo%'");
  });

  it("is logged by pino with its message, its stack, whose it is, and its details", () => {
    const { lines, stream } = memory();
    createKit({ logger: pino({ errorKey: "error" }, stream) }).logServerError({ error: error(), detail: 1 });
    const logged = line.parse(JSON.parse(lines[0] ?? ""));
    assert.deepEqual([logged["level"], logged["msg"]], [50, "broken"]);
    assert.match(JSON.stringify(logged["error"]), /broken.*sinks\.test/);
  });

  it("has its stack and those of its causes in the log, also where a logger writes an error as an empty object", () => {
    const { lines, stream } = memory();
    const { logServerError } = createKit({ logger: pino(stream) });
    const cause = new Error("no connection", { cause: new TypeError("no host") });
    logServerError({ error: serverError("broken", { cause }) });
    const around = new Error("around");
    around.cause = around;
    logServerError({ error: around });
    logServerError({ error: "no Error" });
    const [first, circular, text] = lines.map((each) => stacked.parse(JSON.parse(each)).stack);
    assert.match(
      first ?? "",
      /^Error: broken\n[^]*sinks\.test[^]*\ncaused by Error: no connection\n[^]*\ncaused by TypeError: no host\n/,
    );
    assert.equal(circular?.match(/around/g)?.length, 6);
    assert.equal(text, undefined);
  });

  it("is counted by prom-client under its name", async () => {
    const register = new Registry();
    const counter = new Counter({
      name: "errors_total",
      help: "Errors",
      labelNames: ["name"],
      registers: [register],
    });
    const { logServerError } = createKit({ metrics: promClientMetrics(counter) });
    logServerError({ error: error() });
    logServerError({ error: error() });
    assert.match(await register.metrics(), /^errors_total\{name="serverError"\} 2$/m);
  });

  it("is counted by a meter of OpenTelemetry under the name that is given", async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const reader = new PeriodicExportingMetricReader({ exporter });
    const provider = new MeterProvider({ readers: [reader] });
    const counter = provider.getMeter("test").createCounter("errors");
    const { logServerError } = createKit({ metrics: openTelemetryMetrics(counter), metric: "broken" });
    logServerError({ error: error() });
    await provider.forceFlush();
    const points = exporter.getMetrics()[0]?.scopeMetrics[0]?.metrics[0]?.dataPoints;
    assert.deepEqual(
      points?.map(({ value, attributes }) => [value, attributes]),
      [[1, { name: "broken" }]],
    );
    await provider.shutdown();
  });

  it("stays an error of its own where logger and metrics fail", async () => {
    const fail = () => {
      throw new Error("no sink");
    };
    const kit = createKit({ logger: { error: fail }, metrics: { increment: fail } });
    const { errorCount } = kit.counts();
    const warned: Error[] = [];
    const onWarning = (warning: Error) => warned.push(warning);
    process.on("warning", onWarning);
    kit.logServerError({ error: error() });
    await new Promise(setImmediate);
    process.off("warning", onWarning);
    assert.equal(kit.counts().errorCount, errorCount + 1);
    assert.equal(warned.length, 2);
  });
});
