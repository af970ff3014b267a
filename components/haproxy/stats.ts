import type { Description } from "./description.ts";
import { files } from "./scripts.ts";

/** Statistics for people, Prometheus, and the gate. */
export function renderStats({ statsBind, statsPort }: Description): string {
  return `frontend stats
  bind ${statsBind}:${statsPort}
  http-request use-service prometheus-exporter if { path /metrics }
  # What the processes before the last reload have counted.
  http-request return status 200 content-type text/csv file ${files.carried} if { path /nary/carried }
  # Both are read one after the other, and belong together only if the same process has answered.
  http-after-response set-header nary-process %pid
  stats enable
  stats uri /
  stats refresh 2s
`;
}
