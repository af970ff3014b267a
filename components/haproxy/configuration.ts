import { counterRoute } from "./counter-route.ts";
import { sourcesOf, type Description } from "./description.ts";
import { files } from "./scripts.ts";

/** The configuration of HAProxy, as a template for consul-template. */
export function renderConfiguration(haproxy: Description): string {
  return [global(), defaults(), frontend(haproxy), backend(haproxy), stats(haproxy)].join("\n");
}

function global(): string {
  return `global
  log stdout format raw local0 notice
  stats socket unix@${files.socket} mode 600 level admin expose-fd listeners
  server-state-file ${files.state}
  # A process that was replaced by a reload ends its open requests, but not for ever.
  hard-stop-after 60s
`;
}

function defaults(): string {
  return `defaults
  mode http
  log global
  option dontlognull
  load-server-state-from-file global
  timeout connect 2s
  timeout client 30s
  timeout server 60s
  timeout queue 5s
  timeout check 1s
  timeout http-request 10s
  timeout http-keep-alive 15s
  timeout tunnel 1h
`;
}

function frontend({ service, bind, port, counterPath }: Description): string {
  return `frontend ${service}
  bind ${bind}:${port}
  # A reload lets idle connections of clients have one more answer, instead of closing them under a request.
  option idle-close-on-response
  option forwardfor
  # The counts are the gate's business, which asks the instances themselves.
  ${counterRoute(counterPath).join("\n  ")}
  http-request deny deny_status 403 if counter
  http-request deny deny_status 403 if counter_name dot_segment
  default_backend ${service}
`;
}

/**
 * Canaries and stable servers in one round robin. A request that reached no server is tried on another one; one that
 * got an empty answer too, if doing it twice does no harm.
 */
function backend(haproxy: Description): string {
  const { service, statusPath } = haproxy;
  const { stable, canary, trafficKey } = sourcesOf(haproxy);
  return `backend ${service}
  balance roundrobin
  option redispatch 1
  retries 2
  retry-on conn-failure empty-response
  http-request disable-l7-retry unless METH_GET
  option httpchk
  http-check send meth GET uri ${statusPath} ver HTTP/1.1 hdr Host ${service}
  http-check disable-on-404
  default-server check inter 250ms fall 2 rise 1 init-addr libc,none pool-purge-delay 2s
{{- range service "${stable}|passing" }}
${server(service)}
{{- end }}
{{- /* Asked for in any case, so that the switch does not wait for Consul's answer. */}}
{{- $canaries := service "${canary}|passing" }}
{{- if eq (keyOrDefault "${trafficKey}" "off") "on" }}
{{- range $canaries }}
${server("canary")}
{{- end }}
{{- end }}
`;
}

/**
 * One server, as Consul knows it. Addresses come from Consul's catalog, not from the settings: one that is no address,
 * or is there twice, must not keep HAProxy from hearing of the others.
 */
function server(side: string): string {
  return `{{- $name := printf "${side}_%s_%d" .Address .Port }}
{{- if and (.Address | regexMatch "^[A-Za-z0-9.:-]+$") (not (scratch.Key $name)) }}
{{- scratch.Set $name true }}
  server {{ $name }} {{ .Address }}:{{ .Port }}
{{- end }}`;
}

function stats({ statsPort }: Description): string {
  return `frontend stats
  bind 127.0.0.1:${statsPort}
  http-request use-service prometheus-exporter if { path /metrics }
  stats enable
  stats uri /
  stats refresh 2s
`;
}
