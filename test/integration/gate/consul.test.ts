import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { Consul } from "../../../gate/clients/consul.ts";
import { AnswerError, UnreachableError } from "../../../gate/errors.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { answering, closedPort, http, listen } from "./sockets.ts";

describe("Consul, as the gate asks it", function () {
  this.timeout(60_000);
  let consul: Consul;
  const root = `nary-test/${randomUUID()}/`;

  before(async () => {
    consul = new Consul(new URL((await sharedCluster()).consulAddress));
  });

  after(async () => {
    for (const key of await consul.keys(root)) await consul.delete(key);
    await consul.close();
  });

  it("says that it is there", async () => {
    await consul.check();
  });

  it("is asked for its own datacenter, and for none that it does not know", async () => {
    const { consulAddress } = await sharedCluster();
    const own = new Consul(new URL(consulAddress), undefined, "dc1");
    const other = new Consul(new URL(consulAddress), undefined, "dc2");
    try {
      assert.equal(await own.put(`${root}own`, "kept"), true);
      assert.equal((await consul.get(`${root}own`))?.value, "kept");
      const asked = [
        () => other.check(),
        () => other.get(`${root}own`),
        () => other.put(`${root}own`, "lost"),
        () => other.keys(root),
        () => other.instances("consul"),
        () => other.delete(`${root}own`),
      ];
      for (const ask of asked) await assert.rejects(ask, /No path to datacenter/);
      assert.equal((await consul.get(`${root}own`))?.value, "kept");
    } finally {
      await Promise.all([own.close(), other.close()]);
    }
  });

  it("keeps what is written, byte for byte", async () => {
    const value = 'a "quoted" word, ümläuts, \n and {{ braces }}';
    assert.equal(await consul.put(`${root}a key/with ?#%`, value), true);
    assert.equal((await consul.get(`${root}a key/with ?#%`))?.value, value);
    assert.equal(await consul.get(`${root}missing`), undefined);
  });

  it("lists keys in their order, and none of a missing prefix", async () => {
    for (const key of ["list/c", "list/a", "list/b"]) await consul.put(root + key, "");
    assert.deepEqual(
      await consul.keys(`${root}list/`),
      ["a", "b", "c"].map((key) => `${root}list/${key}`),
    );
    await consul.delete(`${root}list/b`);
    assert.deepEqual(await consul.keys(`${root}list/`), [`${root}list/a`, `${root}list/c`]);
    assert.deepEqual(await consul.keys(`${root}none/`), []);
  });

  it("writes by check-and-set only over what was read", async () => {
    const key = `${root}cas`;
    assert.equal(await consul.put(key, "one", 0), true);
    assert.equal(await consul.put(key, "other", 0), false);
    const index = (await consul.get(key))?.index ?? 0;
    assert.equal(await consul.put(key, "two", index), true);
    assert.equal(await consul.put(key, "three", index), false);
    assert.equal((await consul.get(key))?.value, "two");
  });

  it("holds a question back until something changes, and lets go of it at once when told to", async () => {
    let { index } = await consul.instances("nary-test-nobody");
    const stop = new AbortController();
    // Consul answers, too, when another service goes meanwhile.
    const held = (async () => {
      for (let time = 0; time < 100; time++) {
        const answer = await consul.instances("nary-test-nobody", index, stop.signal);
        assert.deepEqual(answer.instances, []);
        index = answer.index;
      }
    })();
    setTimeout(() => {
      stop.abort();
    }, 100);
    const start = performance.now();
    await assert.rejects(held, { name: "AbortError" });
    assert.ok(performance.now() - start < 2_000);
  });
});

describe("a server that is no Consul", () => {
  async function check(address: string): Promise<void> {
    const consul = new Consul(new URL(address), "a-secret-token");
    try {
      await consul.check();
    } finally {
      await consul.close();
    }
  }

  it("that is not there is told quickly, without a token or a password", async () => {
    const { port } = await closedPort();
    const start = performance.now();
    await assert.rejects(check(`http://user:secret@127.0.0.1:${port}`), (error) => {
      assert.ok(error instanceof UnreachableError);
      assert.match(error.message, new RegExp(`^Consul at http://127.0.0.1:${port} cannot be reached`));
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });
    assert.ok(performance.now() - start < 2_000);
  });

  it("that has no leader is not reachable either", async () => {
    await using server = await answering(http("500 Internal Server Error", "No cluster leader"));
    await assert.rejects(check(`http://127.0.0.1:${server.port}`), (error) => {
      return error instanceof UnreachableError && error.message.includes("No cluster leader");
    });
  });

  it("that refuses the token says so", async () => {
    await using server = await answering(http("403 Forbidden", "Permission denied"));
    await assert.rejects(check(`http://127.0.0.1:${server.port}`), (error) => {
      return error instanceof AnswerError && error.status === 403 && /Permission denied/.test(error.message);
    });
  });

  it("that answers something else is not taken for one", async () => {
    await using server = await answering(http("200 OK", "<html></html>"));
    await assert.rejects(check(`http://127.0.0.1:${server.port}`), AnswerError);
  });

  it("gets the token in a header", async () => {
    let asked = "";
    await using server = await listen((socket) => {
      socket.on("data", (data) => {
        asked += data.toString("utf8");
        socket.write(http("200 OK", '"127.0.0.1:8300"'));
      });
    });
    await check(`http://127.0.0.1:${server.port}`);
    assert.match(asked, /x-consul-token: a-secret-token/i);
  });
});
