type Level = "error" | "warn";
type Write = (details: Record<string, unknown>, message: string) => unknown;

/** A log of winston's shape (`log(level, message, details)`) or pino's (`error(details, message)`, `warn` likewise). */
export type Logger =
  | { log: (level: Level, message: string, details: Record<string, unknown>) => unknown }
  | { error: Write; warn?: Write };

/** A client of a metrics service that counts by name: StatsD's and Datadog's have this shape. */
export type Metrics = { increment: (name: string) => unknown };

/** What winston takes for a place to be filled, and the details for what fills it: it drops them then. */
const token = /%(?=[scdjifoO%])/g;

/** Writes to either shape. winston has `error` too, with other parameters: `log` decides. */
export function logTo(
  logger: Logger,
  message: string,
  details: Record<string, unknown>,
  level: Level = "error",
): void {
  if ("log" in logger) logger.log(level, message.replaceAll(token, "% "), details);
  else if (level === "warn" && logger.warn !== undefined) logger.warn(details, message);
  else logger.error(details, message);
}

/** A counter of prom-client as `Metrics`; it gets the label `name`. */
export function promClientMetrics(counter: { inc: (labels: { name: string }) => void }): Metrics {
  return {
    increment: (name) => {
      counter.inc({ name });
    },
  };
}

/** A counter of an OpenTelemetry meter as `Metrics`; it gets the attribute `name`. */
export function openTelemetryMetrics(counter: {
  add: (value: number, attributes: { name: string }) => void;
}): Metrics {
  return {
    increment: (name) => {
      counter.add(1, { name });
    },
  };
}
