import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { App } from "./apps.ts";
import { startPostgres } from "./postgres/start.ts";

const folder = join(import.meta.dirname, "classroom");
const classes = [1, 2, 3, 4, 5, 6];

/** Express and PostgreSQL, with an owner for each area: see demo/classroom. */
export const classroom: App = {
  program: join(folder, "main.ts"),
  tools: ["postgres"],
  releases: [
    { name: "good", what: "a good release", faults: "", verdict: "promote" },
    {
      name: "fan-out",
      what: "one that fetches the students of a class one by one: no error, 12 queries instead of 2",
      faults: "fan-out",
      verdict: "reject",
      why: /^costs: /,
    },
    {
      name: "bad",
      what: "one that divides by zero for a class without points",
      faults: "average",
      verdict: "reject",
    },
  ],
  requestsPerSecond: 400,
  // Thirteen, so that no number of servers in a round robin gets the same paths over and over.
  paths: ["/", ...classes.flatMap((id) => [`/classes/${id}`, `/classes/${id}/points`])],
  errorRates: { quick: 0.003, full: 0.0003 },
  prepare: async ({ cluster, tools, folder: place, surroundings, say }) => {
    const port = cluster.fixedPorts[2] ?? 0;
    say(`PostgreSQL on loopback, port ${port}, with six classes of eleven students`);
    const url = await startPostgres({
      folder: place,
      port,
      program: tools.find(({ name }) => name === "postgres")?.path ?? "postgres",
      sql: await readFile(join(folder, "schema.sql"), "utf8"),
      surroundings,
    });
    return { DATABASE_URL: url };
  },
};
