import { sourcesOf, type Upstream } from "./description.ts";
import { milliseconds } from "./units.ts";

/**
 * Canaries and stable servers in one round robin. A request that reached no server is tried on another one; one that
 * got an empty answer too, if doing it twice does no harm.
 */
export function renderBackend(upstream: Upstream): string {
  const { service, statusPath, checkIntervalSeconds } = upstream;
  const { stable, canary, trafficKey } = sourcesOf(upstream);
  return `backend ${service}
  balance roundrobin
  option redispatch 1
  retries 2
  retry-on conn-failure empty-response
  http-request disable-l7-retry unless METH_GET
  option httpchk
  http-check send meth GET uri ${statusPath} ver HTTP/1.1 hdr Host ${service}
  http-check disable-on-404
  default-server check inter ${milliseconds(checkIntervalSeconds)} fall 2 rise 1 init-addr libc,none pool-purge-delay 2s
{{- range service "${stable}|passing" }}
${server(service, service)}
{{- end }}
{{- /* Asked for in any case, so that the switch does not wait for Consul's answer. */}}
{{- $canaries := service "${canary}|passing" }}
{{- if eq (keyOrDefault "${trafficKey}" "off") "on" }}
{{- range $canaries }}
${server(service, "canary")}
{{- end }}
{{- end }}
`;
}

/**
 * One server, as Consul knows it. Addresses come from Consul's catalog, not from the settings: one that is no address,
 * or is there twice in a backend, must not keep HAProxy from hearing of the others.
 */
export function server(backend: string, side: string): string {
  return `{{- $name := printf "${side}_%s_%d" .Address .Port }}
{{- $seen := printf "${backend}/%s" $name }}
{{- if and (.Address | regexMatch "^[A-Za-z0-9.:-]+$") (not (scratch.Key $seen)) }}
{{- scratch.Set $seen true }}
  server {{ $name }} {{ .Address }}:{{ .Port }}
{{- end }}`;
}
