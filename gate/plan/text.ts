import type { Expected } from "./expected.ts";
import type { Plan } from "./plan.ts";
import type { Room } from "./room.ts";

/** A plan for people. */
export function textOf(plan: Plan): string {
  const { service, release, aim, today, canary, good, goodAtHighest, clean, bad, method, standardError } =
    plan;
  const highest = rate(today.highestBackground);
  return [
    `${service}, ${release}: ${aim}`,
    "",
    `today        ${figure(today.requestsPerSecond)} requests a second at ${today.instances} instances; ` +
      `${today.failed} of ${today.requests} failed since they started: ${rate(today.background)}, at most ${highest} (95 % confidence)`,
    `canary       ${canary.instances} instances, ${percent(canary.share)} of all requests: ${figure(canary.requestsPerSecond)} a second`,
    `no failure   ${fate(clean)}`,
    `as good      ${fate(good)}`,
    `             rejected, at ${rate(good.rate)}: ${percent(good.reject)}; at ${highest}: ${percent(goodAtHighest.reject)}`,
    ...plan.beside.map((sentence) => `beside       ${sentence}`),
    ...plan.room.map(roomLine),
    ...today.unknown.map((sentence) => `unknown      ${sentence}`),
    "",
    table(bad),
    "",
    method === "exact"
      ? "The figures are exact for errors that are independent."
      : `The figures are simulated with the gate's own rules, for errors that are independent; standard error of a probability: ${percent(standardError)} at worst.`,
    "",
  ].join("\n");
}

function fate({ promote, inconclusive, requests, seconds }: Expected): string {
  const until = `after ${figure(requests)} requests, ${figure(seconds / 60)} minutes`;
  return `promoted: ${percent(promote)}, inconclusive: ${percent(inconclusive)}; ${until}`;
}

function roomLine({ job, room, why }: Room): string {
  const said = { enough: "there is room", missing: "there is no room", unknown: "unknown" }[room];
  return `room         ${job}: ${said}${why.length > 0 ? `: ${why.join("; ")}` : ""}`;
}

const heads = ["error rate", "caught", "promoted", "inconclusive", "requests", "minutes", "failed requests"];

function table(bad: readonly Expected[]): string {
  const rows = bad.map((each) => [
    rate(each.rate),
    percent(each.reject),
    percent(each.promote),
    percent(each.inconclusive),
    figure(each.requests),
    figure(each.seconds / 60),
    figure(each.failed),
  ]);
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  return [heads, ...rows]
    .map((row) => row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join("  "))
    .join("\n");
}

const rate = (value: number) => (value === 0 ? "0" : value.toExponential(1).replace(".0e", "e"));
const percent = (part: number) => `${Number((100 * part).toPrecision(3))} %`;
const figure = (value: number) => String(value >= 100 ? Math.round(value) : Number(value.toPrecision(2)));
