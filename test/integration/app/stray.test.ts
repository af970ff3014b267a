import assert from "node:assert/strict";
import { once } from "node:events";
import { startService, type Service } from "./process.ts";
import { toldWhen } from "./told.ts";

describe("what nobody has caught", function () {
  this.timeout(20_000);
  let service: Service;

  afterEach(() => service.end());

  const start = async (handlers: string, options = "") => {
    service = await startService("stray-service.ts", { HANDLERS: handlers, NODE_OPTIONS: options });
  };
  const ask = async (path: string) => (await fetch(`${service.url}${path}`)).status;

  for (const [path, handlers, options] of [
    ["/reject", "unhandledRejection"],
    ["/reject", "uncaughtException"],
    ["/reject", "uncaughtException,unhandledRejection", "--unhandled-rejections=strict"],
    ["/throw", "uncaughtException"],
  ] as const) {
    it(`counts once where ${path} meets a handler for ${handlers}${options === undefined ? "" : `, with ${options}`}`, async () => {
      await start(handlers, options);
      await ask(path);
      const { errorCount } = await toldWhen(service.url, 1);
      assert.equal(errorCount, 1);
      await ask(path);
      assert.equal((await toldWhen(service.url, 2)).errorCount, 2);
    });
  }

  for (const path of ["/reject", "/throw"]) {
    it(`ends the process as ever where ${path} meets none`, async () => {
      await start("");
      const exited = once(service.process, "exit");
      await ask(path).catch(() => undefined);
      assert.deepEqual(await exited, [1, null]);
    });
  }

  it("ends the process as ever once its handler is gone", async () => {
    await start("unhandledRejection");
    await ask("/forget");
    const exited = once(service.process, "exit");
    await ask("/reject").catch(() => undefined);
    assert.deepEqual(await exited, [1, null]);
  });
});
