import { checkFalls } from "../../settings/stopping.ts";
import { trafficOnPattern } from "../../settings/traffic.ts";
import { sourcesOf, type Upstream } from "./description.ts";
import { addressOf, collect } from "./servers.ts";
import { renderWeights } from "./share.ts";
import { markDown, shieldLines } from "./shield.ts";
import { sideLines, type Sides } from "./sides.ts";
import { milliseconds } from "./units.ts";

/**
 * Canaries, twins and stable servers in one round robin. A request that reached no server is tried on another one; one that
 * got an empty answer too, if doing it twice does no harm.
 */
export function renderBackend(upstream: Upstream, sides: Sides): string {
  const { service, statusPath, checkIntervalSeconds } = upstream;
  const { stable, canary, twin, trafficKey } = sourcesOf(upstream);
  const listOf = (side: string) => `scratch.MapValues "${service}/${side}"`;
  const slowStart = sides.slowStartSeconds > 0 ? ` slowstart ${milliseconds(sides.slowStartSeconds)}` : "";
  return `backend ${service}
  balance roundrobin
  option redispatch 1
  retries 2
  retry-on conn-failure empty-response
  http-request disable-l7-retry unless METH_GET
  option httpchk
  http-check send meth GET uri ${statusPath} ver HTTP/1.1 hdr Host ${service}
  http-check disable-on-404
  default-server check inter ${milliseconds(checkIntervalSeconds)} fall ${checkFalls} rise 1 init-addr libc,none pool-purge-delay 2s${slowStart}
{{- range service "${stable}|passing" }}
${collect(service, "stable", service)}
{{- end }}
{{- /* Asked for in any case, so that the switch does not wait for Consul's answer. */}}
{{- $found := service "${canary}|passing" }}
{{- $foundTwins := service "${twin}|passing" }}
{{- $traffic := keyOrDefault "${trafficKey}" "off" }}
{{- if $traffic | regexMatch "${trafficOnPattern}" }}
{{- range $found }}
${collect(service, "canary", "canary")}
{{- end }}
{{- /* Without canaries there is nothing to compare with. */}}
{{- if and (${listOf("canary")} | len) ($traffic | regexMatch " twin") }}
{{- range $foundTwins }}
${collect(service, "twin", "twin")}
{{- end }}
{{- end }}
{{- end }}
{{- $stables := ${listOf("stable")} | len }}
{{- $canaries := ${listOf("canary")} | len }}
{{- $twins := ${listOf("twin")} | len }}
${renderWeights}
{{- if $canaries }}${shieldLines(sides)
    .map((line) => `\n  ${line}`)
    .join(
      "",
    )}${sideLines(sides, { stable: listOf("stable"), canary: listOf("canary"), twin: listOf("twin") })}
{{- end }}
{{- range ${listOf("stable")} }}
  server {{ . }} {{ . | ${addressOf} }}
{{- if $canaryWeight }} weight {{ $stableWeight }}{{ end }}
{{- end }}
{{- range ${listOf("canary")} }}
  server {{ . }} {{ . | ${addressOf} }}
{{- if $canaryWeight }} weight {{ $canaryWeight }}{{ end }}
{{- if $traffic | regexMatch " markdown" }}${markDown(upstream)}{{ end }}
{{- end }}
{{- range ${listOf("twin")} }}
  server {{ . }} {{ . | ${addressOf} }}
{{- if $canaryWeight }} weight {{ $canaryWeight }}{{ end }}
{{- end }}
`;
}
