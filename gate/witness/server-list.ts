import { AnswerError } from "../errors.ts";

/** A server that HAProxy has in a backend. */
export type Server = {
  /** Named after its side, as `canary_192.0.2.1_8080`. */
  name: string;
  /** HAProxy's own words, such as `UP`, `DOWN 1/2` or `MAINT`. */
  status: string;
};

/**
 * The servers of a backend, out of the CSV of the statistics page.
 *
 * @throws AnswerError when it is no such table, or HAProxy has no such backend: then it says nothing of its servers
 */
export function serversIn(text: string, backend: string): Server[] {
  const [head = "", ...lines] = text.split("\n");
  const names = head.replace(/^# /, "").split(",");
  const [px, sv, status] = ["pxname", "svname", "status"].map((name) => names.indexOf(name));
  if (px === undefined || sv === undefined || status === undefined || Math.min(px, sv, status) < 0)
    throw new AnswerError("HAProxy's statistics have no columns pxname, svname and status", 200);
  const rows = lines.map((line) => line.split(",")).filter((cells) => cells[px] === backend);
  if (!rows.some((cells) => cells[sv] === "BACKEND"))
    throw new AnswerError(`it has no backend ${backend}`, 200);
  return rows
    .map((cells) => ({ name: cells[sv] ?? "", status: cells[status] ?? "" }))
    .filter(({ name }) => name !== "BACKEND" && name !== "FRONTEND");
}

/** Whether a server may get requests, now or without anybody having decided it: one that is down may come up. */
export function mayGetRequests({ status }: Server): boolean {
  return !/^MAINT\b/.test(status);
}
