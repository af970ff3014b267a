/** One metric with all its series, as Prometheus' text format has it. */
export type Family = {
  name: string;
  type: "counter" | "gauge";
  help: string;
  series: readonly { labels: Readonly<Record<string, string>>; value: number }[];
};

/** The text that a Prometheus scrapes; a family without series is left out. */
export function textOf(families: readonly Family[]): string {
  return families
    .filter(({ series }) => series.length > 0)
    .map(
      ({ name, type, help, series }) =>
        `# HELP ${name} ${help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}\n# TYPE ${name} ${type}\n` +
        series.map(({ labels, value }) => `${name}${labelsOf(labels)} ${value}\n`).join(""),
    )
    .join("");
}

function labelsOf(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${quoted(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

const quoted = (value: string) =>
  value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
