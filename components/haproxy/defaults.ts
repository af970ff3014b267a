export function renderDefaults(): string {
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
