import { percentage } from "../../settings/share.ts";
import { many } from "../decide/words.ts";
import { verdictLines } from "./verdict-lines.ts";
import type { End, Event } from "./events.ts";

/** An event as a line for people; undefined for those that only machines and the curious want. */
export function lineOf(event: Event, verbose: boolean): string | undefined {
  switch (event.event) {
    case "start":
      return verbose ? `nary ${event.command} on ${event.stack}` : undefined;
    case "pulumi-start": {
      const release = event.release === undefined ? "" : ` with ${event.release}`;
      return event.operation === "up"
        ? `pulumi up of ${event.stack}${release} …`
        : `pulumi destroy of ${event.stack} …`;
    }
    case "pulumi-output":
      return verbose ? indented(event.text) : undefined;
    case "pulumi-end":
      return event.ok
        ? `pulumi ${event.operation} of ${event.stack} done in ${event.seconds} s`
        : `pulumi ${event.operation} of ${event.stack} failed in ${event.seconds} s\n${indented(event.output)}`;
    case "recording":
      return `what is seen is written to ${event.file}`;
    case "metrics":
      return `metrics are at ${event.address}`;
    case "watching":
      return `watching ${event.release}: ${event.instances} canaries, ${event.goal}`;
    case "canary":
    case "twin": {
      const where = event.address === null ? "" : ` (${event.address} on ${event.node})`;
      return `${event.event} ${event.instance}${where} ${event.why}`;
    }
    case "smoke":
      if (!event.ok) return `smoke test ${event.test} failed: ${event.why}`;
      return verbose ? `smoke test ${event.test}: canary ${event.instance} ${event.why}` : undefined;
    case "smoked":
      return `${many(event.tests, "smoke test")} passed on ${many(event.instances, "canary", "canaries")}`;
    case "traffic":
      return `traffic to the canaries is ${event.state}${event.share === null ? "" : `, ${percentage(event.share)} of all requests`}`;
    case "step":
      return `step ${event.step} of ${event.of}, at ${percentage(event.share)}, after ${event.why}`;
    case "extended":
      return `going on once more as long: ${event.why}`;
    case "waits":
      return event.for === "approval" ? `waiting for an approval: ${event.why}` : `held: ${event.why}`;
    case "counts":
      return event.why;
    case "fault":
      // Told as what became of the canary.
      if (event.kind === "crashed" || event.kind === "vanished") return undefined;
      return `${event.role} ${event.instance} ${event.why}`;
    case "warning":
      return `warning: ${event.why}`;
    case "verdict":
      return verdictLines(event);
    case "rollout":
      return `roll-out of ${event.job} with ${event.release}: ${event.healthy} of ${event.desired} healthy, ${event.serving} serve, ${event.status}`;
    case "bake":
      return `production with ${event.release} for ${Math.round(event.seconds)} of ${event.of} s: ${many(event.requests, "request")}, ${many(event.errors, "error")}`;
    case "resumed":
      return `a gate of ${event.by} was killed in the act ${event.act}${event.release === null ? "" : ` of ${event.release}`} (${event.begun}): going on there`;
    case "exception":
      return `${event.way} of ${event.release} by ${event.by}: ${event.why}`;
    case "promoted":
      return event.before === null
        ? `promoted ${event.release}, the first release`
        : `promoted ${event.release}, before it ran ${event.before}`;
    case "rollback":
      return `rolling back to ${event.release}: ${event.why}`;
    case "confirmed":
      return confirmedLine(event);
    case "evidence":
      return `what the canaries knew is kept in ${event.file}`;
    case "gone":
      return `the job ${event.job} is gone from Nomad and Consul${goneFrom(event)}`;
    case "asked": {
      const why = event.why === null ? "" : ` (${event.why})`;
      return `${event.verb}, asked by ${event.by}${why}: ${event.answer}`;
    }
    case "interrupted":
      return event.why;
    case "end":
      // Without a verdict something went wrong, and has been said where errors are said.
      return event.verdict === null && event.exitCode !== 130 ? undefined : endLine(event);
  }
}

/** How a command ended, by its exit status. */
export const endings = {
  0: "promoted",
  1: "rejected",
  2: "not done",
  3: "inconclusive",
  4: "broken",
  130: "interrupted",
} as const;

type Asked = { haproxies: number; unconfirmed: readonly string[] };

function confirmedLine({ haproxies, unconfirmed, seconds }: Asked & { seconds: number }): string {
  if (haproxies === 0) return "no HAProxy is known that could confirm that the canaries get no more requests";
  const confirmed = haproxies - unconfirmed.length;
  return `${confirmed} of ${many(haproxies, "HAProxy", "HAProxies")} confirmed within ${seconds} s that the canaries get no more requests`;
}

function goneFrom({ haproxies, unconfirmed }: Asked): string {
  const confirmed = haproxies - unconfirmed.length;
  return confirmed <= 0 ? "" : `, and from ${confirmed} of ${many(haproxies, "HAProxy", "HAProxies")}`;
}

function endLine({ exitCode, release, seconds, why }: End): string {
  return `${endings[exitCode]}${release === "" ? "" : ` ${release}`} after ${seconds} s: ${why}`;
}

function indented(text: string): string {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => `  | ${line}`)
    .join("\n");
}
