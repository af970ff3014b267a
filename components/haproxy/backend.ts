import { sourcesOf, type Description } from "./description.ts";

/**
 * Canaries and stable servers in one round robin. A request that reached no server is tried on another one; one that
 * got an empty answer too, if doing it twice does no harm.
 */
export function renderBackend(haproxy: Description): string {
  const { service, statusPath, checkIntervalSeconds } = haproxy;
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
  default-server check inter ${milliseconds(checkIntervalSeconds)} fall 2 rise 1 init-addr libc,none pool-purge-delay 2s
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

const milliseconds = (seconds: number) => `${Math.round(seconds * 1000)}ms`;
