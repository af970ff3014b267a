import { readFileSync } from "node:fs";
import { Command } from "commander";
import { z } from "zod";
import { gateCommand } from "./gate.ts";
import { askCommands } from "./people/ask.ts";
import { historyCommand } from "./people/history.ts";
import { statusCommand } from "./people/status.ts";
import { haproxyTemplateCommand } from "./haproxy-template.ts";
import { planCommand } from "./plan.ts";
import { rejectCommand } from "./reject.ts";
import { releaseCommand } from "./release.ts";
import { rollbackCommand } from "./rollback.ts";
import { replayCommand } from "./replay.ts";

const after = `
Exit status:
  0    promoted, or done
  1    rejected: by the gate, or by hand with \`nary reject\`
  2    wrong usage or settings; nothing was deployed or destroyed
  3    inconclusive: the canary was not up in time, or the policy could not decide in time
  4    something broke, or somebody else releases this service; nothing was promoted, unless the last line says so
  130  interrupted; the last line says how things stand

Examples:
  nary release registry.example/api@sha256:…           canary up, watched, then promoted or destroyed
  nary release registry.example/api@sha256:… --first   the very first release of a service
  nary gate -s staging-canary                       for a canary that \`pulumi up -s staging-canary\` brought up
  nary reject                                       take the canary away now
  nary status --service api --watch                 how far a release is, from any machine that reaches Consul
  nary abort --service api --why "wrong image"      end the release that is under way
  nary plan                                         how long a release would take, and what it would catch
  nary replay FILE.ndjson                           decide again from a record of what a gate saw
  nary haproxy-template --out haproxy               what a host needs that runs HAProxy itself

Consul and Nomad are where the stack's configuration says (consul:address, consul:token, nomad:address,
nomad:secretId), else CONSUL_HTTP_ADDR, CONSUL_HTTP_TOKEN, NOMAD_ADDR, NOMAD_TOKEN, else on this machine; in the
datacenter and region of consul:datacenter and nomad:region (NOMAD_REGION), else in those of whoever answers.
`;

/** Commands that tell their exit statuses themselves. */
const ownStatus = new Set(["replay", "plan", "status", "history", "pause", "resume", "promote", "abort"]);

/** The `nary` command. */
export function program(): Command {
  const nary = new Command("nary")
    .description("Canary releases on Nomad, Consul and HAProxy, declared with Pulumi.")
    .version(versionOf(), "-V, --version")
    .addCommand(releaseCommand())
    .addCommand(gateCommand())
    .addCommand(rejectCommand())
    .addCommand(rollbackCommand())
    .addCommand(statusCommand())
    .addCommand(historyCommand())
    .addCommand(planCommand())
    .addCommand(replayCommand())
    .addCommand(haproxyTemplateCommand())
    .addHelpText("after", after);
  for (const command of askCommands()) nary.addCommand(command);
  for (const command of nary.commands) {
    if (!ownStatus.has(command.name())) command.addHelpText("after", "\nExit status: see nary --help.");
  }
  return nary;
}

function versionOf(): string {
  // By the package's own name, since the sources and what is built from them are not equally far from the manifest.
  const file = readFileSync(new URL(import.meta.resolve("nary/package.json")), "utf8");
  return z.object({ version: z.string() }).parse(JSON.parse(file)).version;
}
