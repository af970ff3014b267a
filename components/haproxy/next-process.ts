import { accessLog } from "./access-log.ts";
import type { Description } from "./description.ts";
import { section } from "./section.ts";

/*
 * A process that a reload replaces keeps the idle connections of clients, and with them a list of servers that grows
 * old: all of them may be gone when such a client asks again. So the reload script lets it pass on what it is asked to
 * the process that comes after it.
 */

/** The server that the reload script lets in, and how the names of its backends end. */
export const nextServer = "next";
export const nextSuffix = "_next";

/** Variable of a request that came by TLS, which a process that it was passed on to does not see. */
export const isTls = "txn.nary_tls";

const nameOf = (frontend: string) => `${frontend}${nextSuffix}`;
const socketOf = (frontend: string) => `unix@${nameOf(frontend)}.sock`;

/** Programs of another user, or of another root, do not find the socket. */
const hides = /^(?:chroot|gid|group|uid|user) /;

const isReached = ({ extra }: Description) => !extra.global.some((line) => hides.test(line));

/** Lines of a frontend by which a process that is being replaced passes on what it is asked. */
export function nextLines(haproxy: Description, frontend: string): string[] {
  if (!isReached(haproxy)) return [];
  const replaced = `{ srv_is_up(${nameOf(frontend)}/${nextServer}) }`;
  return [
    // The process that answers writes the line.
    ...(haproxy.accessLog ? [`http-request set-log-level silent if ${replaced}`] : []),
    `use_backend ${nameOf(frontend)} if ${replaced}`,
  ];
}

/** Where a frontend of one process passes requests on, and where the same frontend of the next one takes them. */
export function nextSections(haproxy: Description, frontend: string, lines: readonly string[]): string[] {
  if (!isReached(haproxy)) return [];
  return [
    section(`frontend ${nameOf(frontend)}`, [
      `bind ${socketOf(frontend)} mode 600 accept-proxy`,
      ...(haproxy.accessLog ? accessLog(frontend) : []),
      ...lines,
    ]),
    section(`backend ${nameOf(frontend)}`, [
      "# Connections that are kept would lead to a process that is replaced itself by then.",
      "option http-server-close",
      "load-server-state-from-file none",
      `server ${nextServer} ${socketOf(frontend)} send-proxy-v2 disabled`,
    ]),
  ];
}
