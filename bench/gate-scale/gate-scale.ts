import { join } from "node:path";
import type { Say } from "../../demo/say.ts";
import { withChildren } from "../children.ts";
import type { Found } from "../main.ts";
import { addresses, measured, type Addresses, type Measured, type Mode } from "./messages.ts";
import { cases, found, type Row } from "./rows.ts";

/** A process may have so many files open; each endpoint needs two. */
const mostOfOne = 2_500;

type Options = { looks: number; signal: AbortSignal; say: Say };

/** Endpoints in processes of their own, and one that is measured while it listens to all of them. */
export async function runGateScale({ looks, signal, say }: Options): Promise<Found> {
  const rows: Row[] = [];
  for (const { mode, endpoints: numbers } of cases) {
    for (const endpoints of numbers) {
      say(`${mode}: ${endpoints} endpoints, ${looks} looks`);
      rows.push({ endpoints, mode, ...(await measureOne(mode, endpoints, looks, signal)) });
    }
  }
  return found(rows);
}

async function measureOne(
  mode: Mode,
  endpoints: number,
  looks: number,
  signal: AbortSignal,
): Promise<Measured> {
  return await withChildren(signal, async (ask) => {
    const all: Addresses = [];
    for (let from = 0; from < endpoints; from += mostOfOne) {
      const wanted = { from, count: Math.min(mostOfOne, endpoints - from), streams: mode === "stream" };
      all.push(...(await ask(join(import.meta.dirname, "endpoints.ts"), wanted, addresses)));
    }
    return await ask(join(import.meta.dirname, "measured.ts"), { mode, looks, addresses: all }, measured);
  });
}
