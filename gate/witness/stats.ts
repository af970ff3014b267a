import { z } from "zod";
import { AnswerError } from "../errors.ts";

/** What HAProxy has counted of one server, or (`BACKEND`) of all of them together. */
export type Row = {
  backend: string;
  server: string;
  /** Answers that were passed on. */
  answers: number;
  /** Of them, those with a status of 500 or more. */
  serverErrors: number;
  /** Connections that could not be made, and requests for which no other server was found then. */
  connectionErrors: number;
  /** Answers that were cut, empty, late, or reset. */
  brokenAnswers: number;
  /** Answers that were cut while they were passed on. */
  cutAnswers: number;
  /** Requests for which another server was asked instead. */
  redispatched: number;
  /** Of them and of those that the same server was asked again about, those to which it had answered, if with nothing. */
  retried: number;
};

/** Names of the columns (HAProxy's management guide, "Statistics and monitoring", 9.1 CSV format). */
const columns = {
  answers: "req_tot",
  serverErrors: "hrsp_5xx",
  connectionErrors: "econ",
  brokenAnswers: "eresp",
  cutAnswers: "srv_abrt",
  redispatched: "wredis",
  retried: "wretr",
} as const satisfies Record<Exclude<keyof Row, "backend" | "server">, string>;

const count = z.coerce.number().pipe(z.int().min(0));

/** Rows that are one server's, and the mean time of its newest answers in milliseconds. */
export type Stats = { rows: Row[]; meanMs: ReadonlyMap<string, number> };

/**
 * Reads the CSV of the statistics page, or what was carried over from the process before a reload.
 *
 * @throws AnswerError when it is no such table
 */
export function statsOf(text: string, backend: string): Stats {
  const [head = "", ...lines] = text.split("\n");
  const names = head.replace(/^# /, "").split(",");
  const at = (name: string) => {
    const index = names.indexOf(name);
    if (index === -1) throw new AnswerError(`HAProxy's statistics have no column ${name}`, 200);
    return index;
  };
  const [px, sv] = [at("pxname"), at("svname")];
  const indexes = Object.entries(columns).map(([key, name]) => [key, at(name)] as const);
  const time = names.indexOf("ttime");
  const rows: Row[] = [];
  const meanMs = new Map<string, number>();
  for (const line of lines) {
    const cells = line.split(",");
    const server = cells[sv];
    if (cells[px] !== backend || server === undefined || server === "FRONTEND") continue;
    const counts = row(indexes, cells);
    rows.push({ ...counts, backend, server });
    const mean = time === -1 ? Number.NaN : Number(cells[time] || Number.NaN);
    // Of a server that has answered nothing, HAProxy says 0.
    if (Number.isFinite(mean) && counts.answers > 0) meanMs.set(server, mean);
  }
  return { rows, meanMs };
}

const noCounts = {
  answers: 0,
  serverErrors: 0,
  connectionErrors: 0,
  brokenAnswers: 0,
  cutAnswers: 0,
  redispatched: 0,
  retried: 0,
};
export type Counts = typeof noCounts;

function row(indexes: readonly (readonly [string, number])[], cells: readonly string[]): Counts {
  const counts: Record<string, number> = {};
  for (const [key, index] of indexes) {
    // A column that means nothing for this kind of row is empty.
    const parsed = count.safeParse(cells[index] === "" ? 0 : cells[index]);
    if (!parsed.success) throw new AnswerError(`HAProxy's statistics have no number in ${key}`, 200);
    counts[key] = parsed.data;
  }
  return { ...noCounts, ...counts };
}

export const nothing: Counts = noCounts;

/** Joins two counts, field by field. */
export function joined(one: Counts, other: Counts, join: (a: number, b: number) => number): Counts {
  return {
    answers: join(one.answers, other.answers),
    serverErrors: join(one.serverErrors, other.serverErrors),
    connectionErrors: join(one.connectionErrors, other.connectionErrors),
    brokenAnswers: join(one.brokenAnswers, other.brokenAnswers),
    cutAnswers: join(one.cutAnswers, other.cutAnswers),
    redispatched: join(one.redispatched, other.redispatched),
    retried: join(one.retried, other.retried),
  };
}
