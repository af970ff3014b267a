import { counterRoute } from "./counter-route.ts";
import type { Description } from "./description.ts";

export function renderFrontend({ service, bind, port, counterPath }: Description): string {
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
