import assert from "node:assert/strict";
import type { Address } from "../../../gate/clients/consul.ts";
import type { Answer } from "../../../gate/count/answer.ts";
import { lineTo, type LineSettings } from "./lines.ts";
import { answering, closedPort, http, listen } from "./sockets.ts";

const good = http("200 OK", '{"errorCount":0,"requestCount":12}');

async function ask(address: Address, settings: LineSettings = {}, times = 1): Promise<Answer[]> {
  await using listening = lineTo(address, settings);
  const answers: Answer[] = [];
  for (let time = 0; time < times; time++) {
    listening.line.look();
    answers.push(await listening.next());
  }
  return answers;
}

async function typeOf(text: string): Promise<Answer["type"] | undefined> {
  await using server = await answering(text);
  const [answer] = await ask(server);
  return answer?.type;
}

describe("asking an instance for its counts", () => {
  it("gets them from the counter route", async () => {
    let asked = "";
    await using server = await listen((socket) => {
      socket.on("data", (data) => {
        asked += data.toString("utf8");
        socket.write(good);
      });
    });
    const [answer] = await ask(server);
    assert.ok(answer?.type === "counts");
    assert.deepEqual([answer.requests, answer.errors], [12, 0]);
    assert.match(asked, /^GET \/api\/errorAndRequestCount HTTP\/1\.1\r\n/);
  });

  it("keeps the connection from one time to the next", async () => {
    await using server = await answering(good);
    assert.equal((await ask(server, {}, 5)).length, 5);
    assert.equal(server.connections(), 1);
  });

  for (const [name, text] of [
    ["HTML", http("200 OK", "<html></html>")],
    ["a 404", http("404 Not Found", '{"errorCount":0,"requestCount":1}')],
    ["a 500", http("500 Internal Server Error", "oh no")],
    ["a 503 with counts", http("503 Service Unavailable", '{"errorCount":0,"requestCount":1}')],
    ["a redirect", "HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n"],
    ["strings", http("200 OK", '{"errorCount":"0","requestCount":"12"}')],
    ["a negative count", http("200 OK", '{"errorCount":-1,"requestCount":12}')],
    ["a fraction", http("200 OK", '{"errorCount":0,"requestCount":1.5}')],
    ["one count alone", http("200 OK", '{"requestCount":12}')],
    ["NaN", http("200 OK", '{"errorCount":NaN,"requestCount":12}')],
    ["1e308", http("200 OK", '{"errorCount":0,"requestCount":1e308}')],
  ] as const) {
    it(`calls ${name} wrong`, async () => {
      assert.equal(await typeOf(text), "wrong");
    });
  }

  it("calls an answer that is cut off nobody's", async () => {
    await using server = await listen((socket) => {
      socket.on("data", () => {
        socket.end("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
      });
    });
    const [answer] = await ask(server);
    assert.equal(answer?.type, "absent");
  });

  it("calls an empty answer, a closed connection and a refused one nobody's", async () => {
    assert.equal(await typeOf(http("200 OK", "")), "absent");
    await using closing = await listen((socket) => {
      socket.destroy();
    });
    assert.equal((await ask(closing))[0]?.type, "absent");
    assert.equal((await ask(await closedPort()))[0]?.type, "absent");
  });

  it("asks again at once when a kept connection was closed in the moment of its use", async () => {
    let asked = 0;
    await using server = await listen((socket) => {
      socket.on("data", () => {
        asked++;
        // The second request of the first connection is the one that is cut.
        if (asked === 2) socket.destroy();
        else socket.write(good);
      });
    });
    const answers = await ask(server, {}, 2);
    assert.deepEqual(
      answers.map(({ type }) => type),
      ["counts", "counts"],
    );
    assert.equal(server.connections(), 2);
  });

  it("gives up one that says nothing, and one that drips", async () => {
    await using silent = await listen(() => undefined);
    await using dripping = await listen((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
      const drip = setInterval(() => socket.write("{"), 50);
      socket.once("close", () => {
        clearInterval(drip);
      });
    });
    const answers = await Promise.all([
      ask(silent, { answerSeconds: 0.4 }),
      ask(dripping, { answerSeconds: 0.4 }),
    ]);
    assert.deepEqual(
      answers.flat().map(({ type }) => type),
      ["slow", "slow"],
    );
  });

  it("does not swallow a body without an end", async () => {
    await using server = await listen((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
      const chunk = `4000\r\n${" ".repeat(0x4000)}\r\n`;
      const pour = () => {
        while (!socket.destroyed && socket.write(chunk));
      };
      socket.on("drain", pour);
      pour();
    });
    const [answer] = await ask(server);
    assert.equal(answer?.type, "wrong");
    assert.match(answer.why, /more than 262144 bytes/);
  });

  it("asks a healthy one in its own time while another hangs", async () => {
    await using silent = await listen(() => undefined);
    await using healthy = await answering(good);
    await using hanging = lineTo(silent, { answerSeconds: 1 });
    hanging.line.look();
    assert.equal((await ask(healthy, {}, 20)).length, 20);
    assert.deepEqual(hanging.heard, []);
    assert.equal((await hanging.next()).type, "slow");
  });

  it("asks one that has not answered yet no second time", async () => {
    await using silent = await listen(() => undefined);
    await using hanging = lineTo(silent, { answerSeconds: 0.4 });
    for (let look = 0; look < 10; look++) hanging.line.look();
    await hanging.next();
    assert.deepEqual([hanging.heard, silent.connections()], [[], 1]);
  });
});
