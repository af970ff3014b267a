import { trafficOnPattern } from "../../settings/traffic.ts";

/**
 * Sets `$canaryWeight` and `$stableWeight` from `$traffic`, `$canaries`, `$twins` and `$stables` (the numbers of servers);
 * 0 where weights are not asked for. In the template, so that the share stays what it is when servers come and go. It does what
 * `nearestWeights` of the settings does, and never fails: `$traffic` has been matched before.
 */
export const renderWeights = `{{- $canaryWeight := 0 }}
{{- $stableWeight := 1 }}
{{- if and $canaries $stables ($traffic | regexMatch " share=") }}
{{- $parts := $traffic | regexReplaceAll "${trafficOnPattern}" "$2" | parseInt }}
{{- $most := $canaries }}
{{- if gt $twins $canaries }}{{ $most = $twins }}{{ end }}
{{- $over := multiply $parts $stables }}
{{- $under := subtract (add $canaries $twins | multiply $parts) (multiply $most 10000) }}
{{- if lt $under 1 }}{{ $under = 1 }}{{ end }}
{{- range $weight := loop 1 257 }}
{{- $canary := divide $under (multiply $weight $over) }}
{{- if gt $canary 256 }}{{ $canary = 256 }}{{ end }}
{{- if gt (multiply $canary $stableWeight) (multiply $canaryWeight $weight) }}
{{- $canaryWeight = $canary }}
{{- $stableWeight = $weight }}
{{- end }}
{{- end }}
{{- if eq $canaryWeight 0 }}
{{- $canaryWeight = 1 }}
{{- $stableWeight = 256 }}
{{- end }}
{{- end }}`;
