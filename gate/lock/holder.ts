import { hostname, userInfo } from "node:os";
import { ActError } from "../errors.ts";
import type { Holder } from "./lock.ts";
import { markOf } from "./process.ts";

/**
 * This process, as others are told who holds a lock.
 *
 * @param command - such as `release registry.example/api@sha256:…`
 */
export async function thisHolder(command: string): Promise<Holder> {
  const mark = await markOf(process.pid);
  if (mark === undefined) throw new ActError("A gate runs on Linux, where /proc tells of its processes.");
  return { version: 1, process: mark, user: nameOfUser(), command, since: new Date().toISOString() };
}

/** Who runs this process, as others are told, and where. */
export function whoAmI(): { by: string; host: string } {
  const host = hostname();
  return { by: `${nameOfUser()}@${host}`, host };
}

function nameOfUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A user without an entry in the system's list, as in some containers.
    return String(process.getuid?.() ?? "somebody");
  }
}
