import type { Description } from "./description.ts";
import { files } from "./scripts.ts";
import { ownLines, section } from "./section.ts";
import { milliseconds } from "./units.ts";

export function renderGlobal({ limits, timeouts, extra }: Description): string {
  return section("global", [
    // Stdout is the access log's.
    "log stderr format raw local0 notice",
    `stats socket unix@${files.socket} mode 600 level admin expose-fd listeners`,
    `server-state-file ${files.state}`,
    "# A process that was replaced by a reload ends its open requests, but not for ever.",
    `hard-stop-after ${milliseconds(timeouts.hardStopSeconds)}`,
    ...(limits.connections === undefined ? [] : [`maxconn ${limits.connections}`]),
    ...ownLines(extra.global),
  ]);
}
