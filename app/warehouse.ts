import type { Identity } from "./counts/identity.ts";
import { hookOnce, state } from "./state.ts";
import { ndjsonFiles, type NdjsonOptions } from "./warehouse/ndjson.ts";
import { Queue, type QueueOptions, type Send } from "./warehouse/queue.ts";
import { rowOf, type Row } from "./warehouse/row.ts";
import { tableOf, type TableOptions } from "./warehouse/table.ts";

export { ndjsonFiles, tableOf, type NdjsonOptions, type Row, type Send, type TableOptions };

export type WarehouseOptions = QueueOptions &
  Identity & {
    /** `tableOf({…})`, `ndjsonFiles({…})`, or any function that fails when it did not take the batch. */
    to: Send<Row>;
    /** Which share of the requests is sent, each with its weight; 1 unless given. */
    share?: number;
  };

export type Warehouse = {
  /** Rows that wait, and those that were dropped since nobody took them. */
  readonly waiting: number;
  readonly dropped: number;
  /** Why the last batch was not taken; undefined when it was. */
  readonly trouble: string | undefined;
  /** Sends what waits, for so many seconds at most (10 unless given), and takes no more; resolves to what was left. */
  stop: (seconds?: number) => Promise<number>;
};

/**
 * Sends what each request cost to a warehouse, from now on, in batches that no request waits for.
 *
 * @example const warehouse = sendCosts({ to: tableOf({ query: (text, values) => pool.query(text, values) }) });
 * @throws TypeError for a share that is none, and Error where costs are sent already
 */
export function sendCosts({ to, share = 1, ...options }: WarehouseOptions): Warehouse {
  if (!(share > 0 && share <= 1))
    throw new TypeError(`share is ${share}: it must be above 0, and 1 at most, which is all requests.`);
  const now = state();
  if (!hookOnce(now.ended))
    throw new Error(
      "The costs of this process are sent to a warehouse already: call sendCosts once, and share it.",
    );
  // What the warehouse itself asks of a database is no cost of a request.
  const queue = now.requests.exit(() => new Queue<Row>(to, options));
  const ender: Parameters<typeof now.enders.add>[0] = (request, end) => {
    if (share === 1 || Math.random() < share) queue.add(rowOf(request, end, 1 / share, options));
  };
  now.enders.add(ender);
  return {
    get waiting() {
      return queue.waiting;
    },
    get dropped() {
      return queue.dropped;
    },
    get trouble() {
      return queue.trouble;
    },
    stop: async (seconds = 10) => {
      now.enders.delete(ender);
      now.hooked.delete(now.ended);
      return await queue.end(seconds);
    },
  };
}
