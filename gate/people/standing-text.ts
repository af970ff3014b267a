import type { Past } from "../../settings/records.ts";
import { percentage } from "../../settings/share.ts";
import type { Phase, Status } from "../../settings/status.ts";
import { many } from "../decide/words.ts";
import type { Standing } from "./standing.ts";

/** How a service stands, for people. */
export function standingText(title: string, standing: Standing): string {
  const { promoted, status, ended } = standing;
  return [
    title,
    row(
      "production",
      promoted === null ? "nothing was promoted yet" : `${promoted.release}, since ${promoted.at}`,
    ),
    row("canaries", `traffic is ${trafficOf(standing)}`),
    row("gate", gateOf(standing)),
    ...(status === null ? [] : statusRows(status)),
    ...ended.map((past, index) => row(index === 0 ? "before" : "", pastLine(past))),
  ]
    .map((line) => `${plain(line)}\n`)
    .join("");
}

/** The same in one line. */
export function standingLine(standing: Standing): string {
  const { promoted, status, ended } = standing;
  const [last] = ended;
  const parts = [
    `production ${promoted?.release ?? "nothing"}`,
    `canaries' traffic ${trafficOf(standing)}`,
    ...(status === null
      ? [gateOf(standing)]
      : [`${status.phase} ${status.release ?? ""}`.trim(), farOf(status)]),
    ...(last === undefined || status !== null ? [] : [`last ${last.verdict} ${last.release}`]),
  ];
  return plain(parts.join("; "));
}

/** A release that came to an end, in one line. */
export function pastLine({ at, verdict, release, why, seconds, people }: Past): string {
  const who = (people ?? []).map(
    ({ verb, by, why: reason }) => `${verb} by ${by}${reason === null ? "" : `: ${reason}`}`,
  );
  return plain(
    `${at} ${verdict} ${release} after ${seconds} s: ${why}${who.length === 0 ? "" : ` [${who.join("; ")}]`}`,
  );
}

const row = (name: string, text: string) => `  ${name.padEnd(11)} ${text}`;

function trafficOf({ traffic }: Standing): string {
  if (traffic.state === "off") return "off";
  return traffic.share === undefined ? "on" : `on, ${percentage(traffic.share)} of all requests`;
}

function gateOf({ runs, killed }: Standing): string {
  if (killed !== null) {
    const { command, by, act, release } = killed;
    const what = release === null ? act : `${act} of ${release}`;
    return `a gate of ${by} (nary ${command}) was killed in ${what}; the next command goes on there`;
  }
  if (runs === null) return "none runs";
  const { command, user, host, pid, since, ended } = runs;
  const who = `nary ${command} of ${user} on ${host} (process ${pid}) since ${since}`;
  return ended ? `${who} has ended without giving back the lock, which the next command takes` : who;
}

function statusRows(status: Status): string[] {
  const { release, phase, since, waitsFor, paused, step } = status;
  const at =
    step === null
      ? ""
      : `, step ${step.number} of ${step.of}${step.share === null ? "" : ` (${percentage(step.share)})`}`;
  return [
    row("release", release ?? "not known yet"),
    row("phase", `${phase}${at}: ${doing[phase]}, since ${since}`),
    row("seen", seenOf(status)),
    ...(paused === null ? [] : [row("paused", `by ${paused.by}, since ${paused.since}; nary resume`)]),
    ...(waitsFor === null ? [] : [row("waits for", waitsFor.why)]),
  ];
}

const seenOf = ({ requests, errors, seconds, why }: Status) =>
  `${many(requests, "request")}, ${many(errors, "error")} in ${Math.round(seconds)} s${why === "" ? "" : `: ${why}`}`;

function farOf(status: Status): string {
  if (status.paused !== null) return `paused by ${status.paused.by}`;
  return status.waitsFor === null
    ? seenOf(status)
    : `waits for ${status.waitsFor.for}: ${status.waitsFor.why}`;
}

const doing = {
  "bring-up": "the canary is brought up",
  start: "the canary starts, without traffic",
  watch: "the canary is watched under traffic",
  promote: "production is rolled out",
  bake: "production is watched after the roll-out",
  "roll-back": "production goes back",
  remove: "the canary is taken away",
} as const satisfies Record<Phase, string>;

/** What others wrote does not move the cursor of whoever reads it. */
function plain(line: string): string {
  return line.replaceAll(/\p{Cc}/gu, " ");
}
