import type { z } from "zod";
import type { HealthCheck } from "../../settings/checks.ts";
import type { Role } from "../../settings/stacks.ts";
import { nanoseconds, type Check } from "./nomad.ts";
import { namesOf, type Workload } from "./workload.ts";

/** Nomad's shortest. HAProxy looks more often by itself. */
const everySeconds = 1;
const timeoutSeconds = 2;

const often = { Interval: nanoseconds(everySeconds), Timeout: nanoseconds(timeoutSeconds) };

/** Whether an instance is there. */
export const livenessCheck: Check = {
  Name: "liveness",
  Type: "tcp",
  ...often,
  OnUpdate: "require_healthy",
};

/** Whether an instance wants traffic. */
export const routingCheck = (path: string, role: Role): Check => ({
  Name: "routing",
  Type: "http",
  Path: path,
  ...often,
  // A canary that wants no traffic is there nevertheless; a roll-out of production waits for one that does.
  OnUpdate: role === "production" ? "require_healthy" : "ignore",
});

/** Never with `check_restart`: an instance that wants no traffic is not to be replaced, its counts would be lost. */
export function renderChecks(workload: Workload, role: Role): Check[] {
  const own = [livenessCheck, routingCheck(workload.statusPath, role)];
  return [...own, ...workload.checks.map((check) => renderCheck(workload, role, check))];
}

function renderCheck({ service }: Workload, role: Role, check: HealthCheck): Check {
  const common = {
    Name: check.name,
    Interval: nanoseconds(check.intervalSeconds),
    Timeout: nanoseconds(check.timeoutSeconds),
    OnUpdate: check.onUpdate,
    FailuresBeforeCritical: check.failuresBeforeCritical,
    SuccessBeforePassing: check.successBeforePassing,
  };
  switch (check.type) {
    case "http":
      return {
        Type: "http",
        ...common,
        ...portOf(check),
        Path: check.path,
        Method: check.method,
        Protocol: check.protocol,
        TLSSkipVerify: check.tlsSkipVerify,
        Header: Object.fromEntries(Object.entries(check.headers).map(([name, value]) => [name, [value]])),
        ...(check.body === undefined ? {} : { Body: check.body }),
      };
    case "tcp":
      return { Type: "tcp", ...common, ...portOf(check) };
    case "grpc":
      return {
        Type: "grpc",
        ...common,
        ...portOf(check),
        GRPCUseTLS: check.tls,
        TLSSkipVerify: check.tlsSkipVerify,
        ...(check.service === undefined ? {} : { GRPCService: check.service }),
      };
    case "script":
      return {
        Type: "script",
        ...common,
        Command: check.command,
        Args: check.args,
        TaskName: check.sidecar === undefined ? namesOf(service, role).task : `${check.sidecar}-sidecar`,
      };
  }
}

/** The service's own unless given. */
const portOf = ({ port }: { port?: string | undefined }) => (port === undefined ? {} : { PortLabel: port });

/** A script runs in a task that runs as long as the instance does. */
export function scriptsFit(
  { checks, sidecars }: Pick<Workload, "checks" | "sidecars">,
  context: z.RefinementCtx,
): void {
  for (const [index, check] of checks.entries()) {
    if (check.type !== "script" || check.sidecar === undefined) continue;
    if (sidecars.some(({ name }) => name === check.sidecar)) continue;
    const names = sidecars.map(({ name }) => name).join(", ");
    const message = `must be the name of a sidecar${names === "" ? ", of which there is none" : `, one of: ${names}`}`;
    context.addIssue({ code: "custom", path: ["checks", index, "sidecar"], message });
  }
}
