import { files } from "./scripts.ts";

export function renderGlobal(): string {
  return `global
  log stdout format raw local0 notice
  stats socket unix@${files.socket} mode 600 level admin expose-fd listeners
  server-state-file ${files.state}
  # A process that was replaced by a reload ends its open requests, but not for ever.
  hard-stop-after 60s
`;
}
