import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { Queue } from "../../../../app/warehouse/queue.ts";

describe("what waits for the warehouse", () => {
  let taken: number[][];
  let fails: boolean;
  let queue: Queue<number>;

  const send = (batch: readonly number[]) => {
    if (fails) return Promise.reject(new Error("no warehouse"));
    taken.push([...batch]);
    return Promise.resolve();
  };
  const add = (from: number, to: number) => {
    for (let item = from; item <= to; item++) queue.add(item);
  };
  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await sleep(5);
  }

  beforeEach(() => {
    taken = [];
    fails = false;
  });

  afterEach(() => queue.end(0));

  it("goes in full batches at once, and the rest after a while", async () => {
    queue = new Queue(send, { batchRows: 3, everySeconds: 0.2 });
    add(1, 3);
    await until(() => taken.length === 1);
    add(4, 4);
    await until(() => taken.length === 2);
    assert.deepEqual(taken, [[1, 2, 3], [4]]);
  });

  it("is sent again, whole and in order, when it was not taken", async () => {
    fails = true;
    queue = new Queue(send, { batchRows: 3, everySeconds: 0.01 });
    add(1, 2);
    await until(() => queue.trouble === "no warehouse");
    fails = false;
    add(3, 4);
    await until(() => queue.waiting === 0);
    assert.deepEqual([taken.flat(), queue.trouble, queue.dropped], [[1, 2, 3, 4], undefined, 0]);
  });

  it("is no more than was said: the oldest are dropped, and counted", async () => {
    fails = true;
    queue = new Queue(send, { batchRows: 10, everySeconds: 0.01, mostRows: 100 });
    add(1, 1_000);
    assert.ok(queue.waiting <= 100);
    assert.equal(queue.waiting + queue.dropped, 1_000);
    fails = false;
    assert.equal(await queue.end(5), 0);
    assert.deepEqual(taken.flat().at(-1), 1_000);
    assert.equal(taken.flat().length + queue.dropped, 1_000);
  });

  it("is not counted as dropped when it was on its way", async () => {
    let arrive = Promise.withResolvers<undefined>();
    queue = new Queue(
      async (batch) => {
        await arrive.promise;
        taken.push([...batch]);
      },
      { batchRows: 10, everySeconds: 0.01, mostRows: 10 },
    );
    add(1, 10);
    await sleep(20);
    add(11, 15);
    arrive.resolve(undefined);
    arrive = Promise.withResolvers();
    arrive.resolve(undefined);
    await until(() => queue.waiting === 0);
    assert.deepEqual([taken.flat(), queue.dropped], [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], 0]);
  });

  it("goes at the end, and what cannot go by then is told", async () => {
    queue = new Queue(send, { everySeconds: 1_000 });
    add(1, 5);
    assert.equal(await queue.end(5), 0);
    assert.deepEqual(taken, [[1, 2, 3, 4, 5]]);
    fails = true;
    queue = new Queue(send, { everySeconds: 1_000 });
    add(1, 5);
    assert.equal(await queue.end(0.1), 5);
    add(6, 6);
    assert.equal(queue.waiting, 5);
  });
});
