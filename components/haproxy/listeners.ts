import type { Listener } from "../../settings/haproxy-listeners.ts";
import { addressOf, collect } from "./servers.ts";
import { plainBind, tlsBind } from "./bind.ts";
import type { Description } from "./description.ts";
import { httpFrontend } from "./frontend.ts";
import { routes } from "./routes.ts";
import { section } from "./section.ts";

/** Further places on which HAProxy listens. */
export const renderListeners = (haproxy: Description): string[] =>
  haproxy.listeners.flatMap((listener) => render(haproxy, listener));

function render(haproxy: Description, listener: Listener): string[] {
  switch (listener.mode) {
    case "http": {
      const way = listener.to === undefined ? routes(haproxy) : [`default_backend ${listener.to}`];
      return httpFrontend(haproxy, { ...listener, routes: way });
    }
    case "tcp": {
      const bind = listener.tls ? tlsBind(listener, haproxy.tls, "tcp") : plainBind(listener);
      return [
        section(`frontend ${listener.name}`, ["mode tcp", bind, `default_backend ${listener.name}`]),
        section(`backend ${listener.name}`, ["mode tcp", "balance leastconn", check]) + servers(listener),
      ];
    }
  }
}

const check = "default-server check inter 1s fall 2 rise 1 init-addr libc,none";

const servers = ({ name, to }: { name: string; to: string }) => `{{- range service "${to}|passing" }}
${collect(name, "stable", name)}
{{- end }}
{{- range scratch.MapValues "${name}/stable" }}
  server {{ . }} {{ . | ${addressOf} }}
{{- end }}
`;
