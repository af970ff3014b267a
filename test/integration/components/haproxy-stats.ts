import { setTimeout as sleep } from "node:timers/promises";
import { nextServer } from "../../../components/haproxy/next-process.ts";

/** Status of each server of a service, by its name; undefined while HAProxy does not answer. */
export async function serversOf(statsPort: number): Promise<Record<string, string> | undefined> {
  const text = await fetch(`http://127.0.0.1:${statsPort}/;csv`, { headers: { connection: "close" } }).then(
    (response) => response.text(),
    () => undefined,
  );
  if (text === undefined) return undefined;
  const [header = "", ...lines] = text.replace("# ", "").trim().split("\n");
  const column = header.split(",").indexOf("status");
  const rows = lines.map((line) => line.split(","));
  const others = ["FRONTEND", "BACKEND", nextServer];
  const servers = rows.filter(([, name = ""]) => !others.includes(name));
  return Object.fromEntries(servers.map((row) => [row[1] ?? "", row[column] ?? ""]));
}

/** Waits for HAProxy to have exactly these servers. Resolves to the milliseconds that it took. */
export async function untilServers(
  statsPort: number,
  names: readonly string[],
  seconds = 45,
): Promise<number> {
  const begin = performance.now();
  const expected = [...names].sort().join();
  for (;;) {
    const servers = await serversOf(statsPort);
    const found = servers === undefined ? "no answer" : Object.keys(servers).sort().join();
    const took = performance.now() - begin;
    if (found === expected) return took;
    if (took > seconds * 1000) throw new Error(`HAProxy has the servers ${found}, not ${expected}`);
    await sleep(20);
  }
}
