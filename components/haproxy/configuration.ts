import { renderBackend } from "./backend.ts";
import { renderDefaults } from "./defaults.ts";
import { upstreamsOf, type Description } from "./description.ts";
import { renderFrontend } from "./frontend.ts";
import { renderGlobal } from "./global.ts";
import { renderListeners } from "./listeners.ts";
import { renderRedirect } from "./redirect.ts";
import { ownLines } from "./section.ts";
import { renderStats } from "./stats.ts";

/** The configuration of HAProxy, as a template for consul-template. */
export function renderConfiguration(haproxy: Description): string {
  const own = ownLines(haproxy.extra.backend).map((line) => `  ${line}\n`);
  return [
    renderGlobal(haproxy),
    renderDefaults(haproxy),
    ...renderFrontend(haproxy),
    ...renderRedirect(haproxy),
    ...renderListeners(haproxy),
    ...upstreamsOf(haproxy).map((upstream) => renderBackend(upstream, haproxy) + own.join("")),
    renderStats(haproxy),
  ].join("\n");
}
