import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { startService, type Service } from "./process.ts";

/** A connection on which a client writes as it likes. */
class Client {
  readonly #socket: Socket;
  heard = "";

  constructor(url: string) {
    this.#socket = connect({ port: Number(new URL(url).port), host: "127.0.0.1" });
    this.#socket.setEncoding("utf8").on("data", (text: string) => (this.heard += text));
    this.#socket.on("error", () => undefined);
  }

  send(...paths: readonly string[]): void {
    this.#socket.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nhost: api\r\n\r\n`).join(""));
  }

  /** The answers so far: which path they are of, and what they say of the connection. */
  answers(): [string, string][] {
    return this.heard
      .split("HTTP/1.1 ")
      .slice(1)
      .map((text) => [
        /^x-path: (.*)\r/m.exec(text)?.[1] ?? "",
        /^connection: (.*)\r/im.exec(text)?.[1] ?? "",
      ]);
  }

  async until(count: number): Promise<void> {
    while (this.answers().length < count) {
      if (this.#socket.closed) throw new Error(`closed after ${this.heard}`);
      await sleep(5);
    }
  }

  end(): void {
    this.#socket.destroy();
  }
}

describe("the end of a service with the kit", function () {
  this.timeout(20_000);
  let service: Service;
  const clients: Client[] = [];

  afterEach(async () => {
    for (const client of clients.splice(0)) client.end();
    await service.end();
  });

  const client = () => {
    const made = new Client(service.url);
    clients.push(made);
    return made;
  };

  async function start(env: Record<string, string> = {}): Promise<void> {
    service = await startService("ending-service.ts", env);
  }

  async function stop(): Promise<void> {
    service.process.kill("SIGTERM");
    while ((await fetch(`${service.url}/status`)).status !== 404) await sleep(5);
  }

  it("answers what was asked before, and tells that client to close", async () => {
    await start();
    const exited = once(service.process, "exit");
    const before = client();
    before.send("/held");
    const idle = client();
    idle.send("/first");
    await idle.until(1);
    await stop();
    idle.send("/go");
    await Promise.all([before.until(1), idle.until(2)]);
    assert.deepEqual(before.answers(), [["/held", "close"]]);
    assert.deepEqual(idle.answers(), [
      ["/first", "keep-alive"],
      ["/go", "close"],
    ]);
    assert.deepEqual(await exited, [0, null]);
  });

  it("answers all requests that came at once on a connection, and closes it after the last", async () => {
    await start();
    const pipelined = client();
    pipelined.send("/held/1", "/held/2");
    await stop();
    pipelined.send("/held/3", "/go");
    await pipelined.until(4);
    assert.deepEqual(pipelined.answers(), [
      ["/held/1", "keep-alive"],
      ["/held/2", "keep-alive"],
      ["/held/3", "keep-alive"],
      ["/go", "close"],
    ]);
  });

  it("does not wait for a connection that an answer from before keeps", async () => {
    await start({ DRAIN: "3", DEADLINE: "60" });
    const exited = once(service.process, "exit");
    const begun = client();
    begun.send("/begun");
    await begun.until(1);
    await stop();
    const other = client();
    other.send("/go");
    await other.until(1);
    assert.deepEqual(begun.answers(), [["/begun", "keep-alive"]]);
    assert.deepEqual(await exited, [0, null]);
  });

  it("comes after the work that is no HTTP, before what is to be last", async () => {
    await start({ DRAIN: "0" });
    const exited = once(service.process, "exit");
    const said: string[] = [];
    service.process.stdout?.setEncoding("utf8").on("data", (text: string) => said.push(text));
    const asking = client();
    asking.send("/job");
    await asking.until(1);
    service.process.kill("SIGTERM");
    assert.deepEqual(await exited, [0, null]);
    assert.equal(said.join(""), "done\nlast\n");
  });

  it("comes at the deadline all the same", async () => {
    await start({ DRAIN: "0", DEADLINE: "0.5" });
    const exited = once(service.process, "exit");
    const never = client();
    never.send("/begun");
    await never.until(1);
    service.process.kill("SIGTERM");
    assert.deepEqual(await exited, [0, null]);
    assert.doesNotMatch(never.heard, /let go/);
  });
});
