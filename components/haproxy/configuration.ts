import { renderBackend } from "./backend.ts";
import { renderDefaults } from "./defaults.ts";
import type { Description } from "./description.ts";
import { renderFrontend } from "./frontend.ts";
import { renderGlobal } from "./global.ts";
import { renderStats } from "./stats.ts";

/** The configuration of HAProxy, as a template for consul-template. */
export function renderConfiguration(haproxy: Description): string {
  return [
    renderGlobal(),
    renderDefaults(),
    renderFrontend(haproxy),
    renderBackend(haproxy),
    renderStats(haproxy),
  ].join("\n");
}
