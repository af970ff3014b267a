import { phases, type Phase } from "../../../settings/status.ts";
import { releaseIn, type Origin } from "../about.ts";
import type { Event, FinalVerdict } from "../events.ts";
import { phaseAfter, type StackNames } from "../phase.ts";
import { textOf, type Family } from "./text.ts";

type CountsEvent = Extract<Event, { event: "counts" }>;
type Counts = Pick<CountsEvent, "requests" | "failed" | "errors">;
type Side = "canary" | "compared";
type Instance = Extract<Event, { event: "canary" | "twin" }>;

const verdicts = ["promote", "reject", "inconclusive"] as const;
const states = ["starting", "running", "crashed", "vanished", "moved"] as const;
const outcomes = ["delivered", "failed"] as const;

/** What a gate tells, as numbers. */
export class Metrics {
  #origin: Origin | undefined;
  #release: string | undefined;
  #stacks: StackNames | undefined;
  #phase: Phase = "start";
  #verdict: FinalVerdict | undefined;
  #trafficSeconds = 0;
  #traffic: { isOn: boolean; share: number | null } = { isOn: false, share: null };
  #clientErrors: number | undefined;
  #rollout: { healthy: number; desired: number } | undefined;
  #end: { exitCode: number; seconds: number; at: Date } | undefined;
  #warnings = 0;
  readonly #start: Date;
  readonly #counts = new Map<Side, Counts>();
  readonly #instances = new Map<string, Pick<Instance, "event" | "state">>();
  readonly #faults = new Map<string, { role: string; kind: string; count: number }>();
  readonly #messages = { delivered: 0, failed: 0 };

  constructor(start: Date) {
    this.#start = start;
  }

  /** What the numbers are of, without which there are none. */
  setOrigin(origin: Origin, stacks: StackNames): void {
    this.#origin = origin;
    this.#stacks = stacks;
  }

  message(outcome: (typeof outcomes)[number]): void {
    this.#messages[outcome] += 1;
  }

  tell(event: Event, at: Date): void {
    this.#release ??= releaseIn(event);
    this.#phase = phaseAfter(this.#phase, event, this.#stacks);
    if (event.event === "counts") {
      this.#count(event, event.other, event.clientErrors);
      this.#trafficSeconds = event.seconds;
    } else if (event.event === "verdict") {
      const { canary, other, clientErrors, seconds } = event.evidence;
      this.#count(canary, other, clientErrors);
      this.#trafficSeconds = seconds;
      this.#verdict = event.verdict;
    } else if (event.event === "traffic") {
      this.#traffic = { isOn: event.state === "on", share: event.share };
    } else if (event.event === "canary" || event.event === "twin") {
      this.#instances.set(event.instance, event);
    } else if (event.event === "fault") {
      const { role, kind } = event;
      const count = (this.#faults.get(`${role} ${kind}`)?.count ?? 0) + 1;
      this.#faults.set(`${role} ${kind}`, { role, kind, count });
    } else if (event.event === "rollout") {
      this.#rollout = event;
    } else if (event.event === "warning") {
      this.#warnings += 1;
    } else if (event.event === "end") {
      this.#verdict = event.verdict ?? this.#verdict;
      this.#end = { exitCode: event.exitCode, seconds: event.seconds, at };
    }
  }

  /** In Prometheus' text format; nothing as long as nobody knows what it is of. */
  text(): string {
    if (this.#origin === undefined) return "";
    const { environment, service, stack } = this.#origin;
    const own = { environment, service };
    const counts = (key: keyof Counts) =>
      [...this.#counts].map(([side, of]) => ({ labels: { ...own, side }, value: of[key] }));
    const one = (value: number | undefined) => (value === undefined ? [] : [{ labels: own, value }]);
    const stateSet = <T extends string>(label: string, all: readonly T[], now: T | undefined) =>
      all.map((each) => ({ labels: { ...own, [label]: each }, value: each === now ? 1 : 0 }));
    const { share, isOn } = this.#traffic;
    const families: Family[] = [
      gauge("nary_release_info", "What is released, as labels.", [
        { labels: { ...own, stack, release: this.#release ?? "" }, value: 1 },
      ]),
      gauge(
        "nary_release_phase",
        "1 for the phase that the command is in.",
        stateSet("phase", [...phases, "ended"] as const, this.#end === undefined ? this.#phase : "ended"),
      ),
      gauge(
        "nary_release_verdict",
        "1 for the verdict, once there is one.",
        stateSet("verdict", verdicts, this.#verdict),
      ),
      gauge("nary_release_start_time_seconds", "When the command began.", one(this.#start.getTime() / 1000)),
      gauge(
        "nary_release_end_time_seconds",
        "When the command ended.",
        one(this.#end && this.#end.at.getTime() / 1000),
      ),
      gauge("nary_release_duration_seconds", "How long the command took.", one(this.#end?.seconds)),
      gauge("nary_release_exit_code", "Exit status of the command.", one(this.#end?.exitCode)),
      gauge("nary_traffic_on", "1 while the canaries get traffic.", one(isOn ? 1 : 0)),
      gauge(
        "nary_traffic_share_ratio",
        "Part of all requests that the canaries are to get together, where it is set.",
        one(share ?? undefined),
      ),
      gauge(
        "nary_traffic_duration_seconds",
        "How long the canaries have had traffic.",
        one(this.#trafficSeconds),
      ),
      counter("nary_requests_total", "Requests finished, of each side.", counts("requests")),
      counter("nary_failed_requests_total", "Requests that failed, at most once each.", counts("failed")),
      counter("nary_errors_total", "Errors; one request may have several.", counts("errors")),
      counter(
        "nary_client_errors_total",
        "Failed answers of canaries that reached a client.",
        one(this.#clientErrors),
      ),
      gauge("nary_instances", "Instances that the gate watches, by state.", this.#byState(own)),
      counter(
        "nary_faults_total",
        "Failures of instances that they could not report themselves.",
        [...this.#faults.values()].map(({ role, kind, count }) => ({
          labels: { ...own, role, kind },
          value: count,
        })),
      ),
      gauge(
        "nary_rollout_healthy_instances",
        "Healthy instances of production's roll-out.",
        one(this.#rollout?.healthy),
      ),
      gauge("nary_rollout_desired_instances", "Instances that it is to have.", one(this.#rollout?.desired)),
      counter("nary_warnings_total", "Warnings.", one(this.#warnings)),
      counter(
        "nary_webhook_messages_total",
        "Messages to webhooks, by what became of them.",
        outcomes.map((outcome) => ({ labels: { ...own, outcome }, value: this.#messages[outcome] })),
      ),
    ];
    return textOf(families);
  }

  /** A witness that is away for a while can make numbers smaller; a counter never goes back. */
  #count(canary: Counts, other: Counts | null, clientErrors: number | null): void {
    for (const [side, now] of [["canary", canary] as const, ["compared", other] as const]) {
      if (now === null) continue;
      const before = this.#counts.get(side) ?? { requests: 0, failed: 0, errors: 0 };
      this.#counts.set(side, {
        requests: Math.max(before.requests, now.requests),
        failed: Math.max(before.failed, now.failed),
        errors: Math.max(before.errors, now.errors),
      });
    }
    if (clientErrors !== null) this.#clientErrors = Math.max(this.#clientErrors ?? 0, clientErrors);
  }

  #byState(own: Record<string, string>): Family["series"] {
    const all = [...this.#instances.values()];
    const roles = [...new Set(all.map(({ event }) => event))];
    return roles.flatMap((role) =>
      states.map((state) => ({
        labels: { ...own, role, state },
        value: all.filter((each) => each.event === role && each.state === state).length,
      })),
    );
  }
}

const gauge = (name: string, help: string, series: Family["series"]): Family => ({
  name,
  type: "gauge",
  help,
  series,
});
const counter = (name: string, help: string, series: Family["series"]): Family => {
  return { name, type: "counter", help, series };
};
