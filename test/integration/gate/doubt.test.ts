import assert from "node:assert/strict";
import { Counter } from "../../../gate/count/counter.ts";
import type { Member, MemberState } from "../../../gate/discover/roster.ts";
import { urlPath } from "../../../settings/names.ts";
import { eventually } from "./job.ts";
import { http, listen } from "./sockets.ts";

const id = "3f9a1c2e-0000-0000-0000-000000000000";

/** An instance that tells its counts until it is gone, and a counter that knows it. */
async function counting(lookAgain: (known: (state: MemberState) => void) => Promise<void>) {
  let gone = false;
  const server = await listen((socket) => {
    socket.on("data", () => {
      if (gone) socket.destroy();
      else socket.write(http("200 OK", '{"errorCount":0,"requestCount":1}'));
    });
  });
  const faults: string[] = [];
  const failures: unknown[] = [];
  const known = (state: MemberState) => {
    const { host, port } = server;
    const rest = { node: "", why: state, passing: true, restarts: 0, missingSince: undefined };
    const member: Member = { id, state, address: { host, port }, ...rest };
    counter.know(new Map([[id, member]]));
  };
  const counter = new Counter({
    path: urlPath.parse("/counts"),
    gate: { answerSeconds: 5, intervalSeconds: 1 },
    longRunning: false,
    lookAgain: () => lookAgain(known),
    onNews: () => undefined,
    onFailure: (error) => failures.push(error),
    onFault: (_, { kind }) => faults.push(kind),
    onWarning: (why) => failures.push(why),
  });
  known("running");
  counter.ask();
  await eventually("its counts", () => Promise.resolve(counter.up() === 1 || undefined));
  return {
    counter,
    faults,
    failures,
    /** The instance is no more, and is asked until somebody has looked again. */
    async ends(looked: () => boolean) {
      gone = true;
      await eventually("a second look", () => {
        counter.ask();
        return Promise.resolve(looked() || undefined);
      });
    },
    async [Symbol.asyncDispose]() {
      await counter.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

describe("an instance that seems to fail", () => {
  it("has not, where somebody has just stopped it", async () => {
    let looks = 0;
    await using instance = await counting((known) => {
      looks++;
      known("moved");
      return Promise.resolve();
    });
    await instance.ends(() => looks > 0);
    assert.equal(looks, 1);
    assert.deepEqual(instance.faults, []);
    assert.equal(instance.counter.instances()[0]?.fault, null);
    assert.deepEqual(instance.failures, []);
  });

  it("has, where it is to run, and is looked at once however often it is asked meanwhile", async () => {
    let looks = 0;
    const { promise: looked, resolve } = Promise.withResolvers<undefined>();
    await using instance = await counting(async () => {
      looks++;
      await looked;
    });
    await instance.ends(() => looks > 0);
    assert.deepEqual(instance.faults, []);
    instance.counter.ask();
    resolve(undefined);
    await eventually("the fault", () => Promise.resolve(instance.faults[0]));
    assert.deepEqual([looks, instance.faults], [1, ["absent"]]);
  });

  it("is not told of any more once the counter is closed", async () => {
    const { promise: looked, resolve } = Promise.withResolvers<undefined>();
    let looks = 0;
    await using instance = await counting(async () => {
      looks++;
      await looked;
    });
    await instance.ends(() => looks > 0);
    const closing = instance.counter.close();
    resolve(undefined);
    await closing;
    assert.deepEqual([instance.faults, instance.failures], [[], []]);
  });
});
