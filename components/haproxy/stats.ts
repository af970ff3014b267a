import type { Description } from "./description.ts";

export function renderStats({ statsPort }: Description): string {
  return `frontend stats
  bind 127.0.0.1:${statsPort}
  http-request use-service prometheus-exporter if { path /metrics }
  stats enable
  stats uri /
  stats refresh 2s
`;
}
