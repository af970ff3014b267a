import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/** When a process started, in a form that only compares equal for the same process; undefined when there is none. */
function startOf(pid) {
  if (process.platform === "linux") {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      // The command's name stands in brackets and may hold spaces, so count the fields after it.
      const [state, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return state === "Z" ? undefined : rest[18];
    } catch {
      return undefined;
    }
  }
  try {
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim() || undefined;
  } catch {
    return undefined;
  }
}

function boot() {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return "";
  }
}

/** Names this process so that no later one, with the same pid or after a restart of the machine, is mistaken for it. */
export function thisProcess() {
  return { pid: process.pid, started: startOf(process.pid) ?? "", boot: boot(), host: hostname() };
}

/** Of another machine's process nothing can be known, so it counts as alive. */
export function isAlive(owner) {
  if (owner.host !== hostname()) return true;
  return owner.boot === boot() && owner.started === startOf(owner.pid);
}
