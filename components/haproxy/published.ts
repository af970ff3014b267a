import { z } from "zod";
import { renderConfiguration } from "./configuration.ts";
import { registeredNames, type Description } from "./description.ts";
import { filesOf } from "./files.ts";
import { reloadSeconds, waitSeconds } from "./job.ts";
import { files, reloadScript, startScript } from "./scripts.ts";

/** Where the files are on a host. Its characters mean nothing to consul-template's configuration or to a shell. */
export const hostFolder = z
  .string()
  .regex(/^\/[A-Za-z0-9._/+-]{1,200}$/, {
    error: "must be an absolute path of letters, digits and . _ / + -, such as /var/lib/nary/api",
  })
  .brand<"HostFolder">();
export type HostFolder = z.infer<typeof hostFolder>;

export type PublishedFile = { name: string; text: string; mode: number };

const template = "local/haproxy.cfg.ctmpl";

/** What a host needs that runs HAProxy and consul-template itself. */
export function renderPublished(haproxy: Description, folder: HostFolder): PublishedFile[] {
  return [
    { name: template, text: renderConfiguration(haproxy), mode: 0o644 },
    { name: "consul-template.hcl", text: renderConsulTemplate(haproxy, folder), mode: 0o644 },
    ...filesOf(haproxy).map(({ path, template: text }) => ({ name: `${path}.ctmpl`, text, mode: 0o644 })),
    { name: `local/${files.environment}`, text: `HAPROXY=${haproxy.command}\n`, mode: 0o644 },
    { name: "consul-services.json", text: renderServices(haproxy), mode: 0o644 },
    { name: `local/${files.start}`, text: startScript, mode: 0o755 },
    { name: `local/${files.reload}`, text: reloadScript, mode: 0o755 },
  ];
}

function renderConsulTemplate(haproxy: Description, folder: HostFolder): string {
  return `# Consul is the agent on this host, unless CONSUL_HTTP_ADDR says otherwise; a token is given as CONSUL_HTTP_TOKEN.
consul {
  retry {
    # For ever: consul-template would end after twelve.
    attempts    = 0
    backoff     = "250ms"
    max_backoff = "5s"
  }
}

# Any server of Consul may answer, also while they have no leader.
max_stale = "10m"
${filesOf(haproxy)
  .map(
    ({ path, perms }) => `
template {
  source      = "${folder}/${path}.ctmpl"
  destination = "${folder}/${path}"
  perms       = ${perms}
}
`,
  )
  .join("")}
template {
  source      = "${folder}/${template}"
  destination = "${folder}/local/${files.rendered}"
  perms       = 0644
  # What cannot be rendered is no reason to end.
  error_fatal = false
  wait {
    min = "${milliseconds(waitSeconds.min)}"
    max = "${milliseconds(waitSeconds.max)}"
  }
  exec {
    command = ["/bin/sh", "${folder}/local/${files.reload}"]
    timeout = "${reloadSeconds}s"
  }
}
`;
}

/** By which the gate finds this host's HAProxy; for the configuration of its Consul agent. */
function renderServices(haproxy: Description): string {
  const services = registeredNames(haproxy).map((name) => ({ name, port: haproxy.statsPort }));
  return `${JSON.stringify({ services }, undefined, 2)}\n`;
}

const milliseconds = (seconds: number) => `${Math.round(seconds * 1000)}ms`;
