import { appendFile, mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { state } from "../state.ts";
import type { Send } from "./queue.ts";
import type { Row } from "./row.ts";

export type NdjsonOptions = {
  /** Made where it is missing. */
  folder: string;
  /** Bytes from which a next file is begun; 64 MiB unless given. */
  fileBytes?: number;
  /** Files of this process that are kept; the oldest is deleted for one more. 20 unless given. */
  files?: number;
};

const mib = 1_048_576;

/** Rows as lines of JSON, in files that begin with `costs-`, for whatever collects files. */
export function ndjsonFiles({ folder, fileBytes = 64 * mib, files = 20 }: NdjsonOptions): Send<Row> {
  const begin = `costs-${state().instanceId}-`;
  let number = 0;
  const current = () => join(folder, `${begin}${String(number).padStart(6, "0")}.ndjson`);
  return async (batch) => {
    await mkdir(folder, { recursive: true });
    const size = await stat(current()).then(
      (seen) => seen.size,
      () => 0,
    );
    if (size >= fileBytes) {
      number += 1;
      const own = (await readdir(folder)).filter((name) => name.startsWith(begin)).sort();
      for (const old of own.slice(0, Math.max(own.length + 1 - files, 0))) await rm(join(folder, old));
    }
    await appendFile(current(), batch.map((row) => `${JSON.stringify(row)}\n`).join(""), { mode: 0o600 });
  };
}
