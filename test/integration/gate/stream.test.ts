import assert from "node:assert/strict";
import type { Socket } from "node:net";
import type { Answer } from "../../../gate/count/answer.ts";
import { lineTo } from "./lines.ts";
import { http, listen, type Listener } from "./sockets.ts";

const head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n\r\n";
const counts = (requestCount: number, errorCount = 0) => JSON.stringify({ errorCount, requestCount });
const event = (text: string) => `data: ${text}\n\n`;

type Streaming = Listener & { streams: Socket[]; asked: string[] };

/** A service that streams to those who ask for it, with the first event at once, and answers others with 1000. */
async function streaming(first = event(counts(1))): Promise<Streaming> {
  const streams: Socket[] = [];
  const asked: string[] = [];
  const listener = await listen((socket) => {
    socket.on("data", (data) => {
      const text = data.toString("utf8");
      const wantsStream = /^accept: text\/event-stream, application\/json\r$/im.test(text);
      asked.push(wantsStream ? "stream" : "counts");
      if (wantsStream) streams.push(socket);
      socket.write(wantsStream ? head + first : http("200 OK", counts(1000)));
    });
  });
  return { ...listener, streams, asked };
}

const requestsOf = (answer: Answer) => (answer.type === "counts" ? answer.requests : answer.type);

describe("an instance that streams its counts", () => {
  it("is heard at each event without being asked again", async () => {
    await using server = await streaming();
    await using listening = lineTo(server);
    listening.line.look();
    assert.equal(requestsOf(await listening.next()), 1);
    for (const requests of [2, 3, 4]) {
      server.streams[0]?.write(event(counts(requests)));
      assert.equal(requestsOf(await listening.next()), requests);
      listening.line.look();
    }
    assert.deepEqual(server.asked, ["stream"]);
  });

  it("may split an event, also within a letter, and say comments and nothing in between", async () => {
    await using server = await streaming(": hello\n\n");
    await using listening = lineTo(server);
    listening.line.look();
    const bytes = Buffer.from(`data:\n\nid: 7\n${event('{"errorCount":0,"requestCount":5,"note":"é"}')}`);
    while (server.streams.length === 0) await new Promise(setImmediate);
    const [socket] = server.streams;
    const half = bytes.indexOf(0xc3) + 1;
    socket?.write(bytes.subarray(0, half), () => setTimeout(() => socket.write(bytes.subarray(half)), 20));
    assert.equal(requestsOf(await listening.next()), 5);
    assert.deepEqual(listening.heard, []);
  });

  it("is asked at once when the stream breaks, and streams again later", async () => {
    await using server = await streaming();
    await using listening = lineTo(server, { intervalMs: 500 });
    listening.line.look();
    assert.equal(requestsOf(await listening.next()), 1);
    server.streams[0]?.destroy();
    assert.equal(requestsOf(await listening.next()), 1000);
    assert.deepEqual(server.asked, ["stream", "counts"]);
    listening.line.look();
    assert.equal(requestsOf(await listening.next()), 1000, "no stream is asked for at once");
    await new Promise((resolve) => setTimeout(resolve, 600));
    listening.line.look();
    assert.equal(requestsOf(await listening.next()), 1);
    assert.equal(server.streams.length, 2);
  });

  it("is asked for a stream less and less often where each breaks at once", async () => {
    await using server = await listen((socket) => {
      socket.on("data", (data) => {
        if (data.includes("text/event-stream")) socket.end(head);
        else socket.write(http("200 OK", counts(1)));
      });
    });
    await using listening = lineTo(server, { intervalMs: 10 });
    const polled = async (looks: number) => {
      const before = server.connections();
      for (let look = 0; look < looks; look++) {
        listening.line.look();
        await listening.next();
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      return server.connections() - before;
    };
    const early = await polled(8);
    const late = await polled(8);
    assert.ok(late < early && late <= 1, `${early} connections, then ${late}`);
  });

  it("is gone when the stream breaks and nobody answers any more", async () => {
    const server = await streaming();
    await using listening = lineTo(server);
    listening.line.look();
    await listening.next();
    await server[Symbol.asyncDispose]();
    assert.equal((await listening.next()).type, "absent");
  });

  it("is asked when the stream is silent for long, and no more once it speaks", async () => {
    await using server = await streaming();
    await using listening = lineTo(server, { intervalMs: 20 });
    listening.line.look();
    assert.equal(requestsOf(await listening.next()), 1);
    await new Promise((resolve) => setTimeout(resolve, 80));
    listening.line.look();
    assert.equal(requestsOf(await listening.next()), 1000);
    server.streams[0]?.write(event(counts(2000)));
    assert.equal(requestsOf(await listening.next()), 2000);
    listening.line.look();
    assert.deepEqual(server.asked, ["stream", "counts"]);
  });

  it("hangs: the stream says nothing more, and no question is answered", async () => {
    await using server = await listen((socket) => {
      socket.on("data", (data) => {
        if (data.includes("text/event-stream")) socket.write(head + event(counts(1)));
      });
    });
    await using listening = lineTo(server, { intervalMs: 20, answerSeconds: 0.3 });
    listening.line.look();
    await listening.next();
    await new Promise((resolve) => setTimeout(resolve, 80));
    listening.line.look();
    assert.equal((await listening.next()).type, "slow");
  });

  for (const [name, text] of [
    ["HTML", "<h1>Welcome</h1>"],
    ["1e308", '{"errorCount":0,"requestCount":1e308}'],
    ["a negative count", counts(-1)],
  ] as const) {
    it(`tells wrong counts when it streams ${name}`, async () => {
      await using server = await streaming(event(text));
      await using listening = lineTo(server);
      listening.line.look();
      assert.equal((await listening.next()).type, "wrong");
    });
  }

  it("tells wrong counts in an event without an end, which is not swallowed", async () => {
    await using server = await listen((socket) => {
      socket.once("data", () => {
        socket.write(`${head}data: `);
        const pour = () => {
          while (!socket.destroyed && socket.write(" ".repeat(0x4000)));
        };
        socket.on("drain", pour);
        pour();
      });
    });
    await using listening = lineTo(server);
    listening.line.look();
    const answer = await listening.next();
    assert.ok(answer.type === "wrong");
    assert.match(answer.why, /more than 262144 bytes/);
  });

  it("is read no faster than so much a look, however much it pours", async () => {
    let poured = 0;
    await using server = await listen((socket) => {
      socket.once("data", () => {
        socket.write(head);
        const text = event(counts(1)).repeat(500);
        const pour = () => {
          while (!socket.destroyed && socket.write(text)) poured += text.length;
        };
        socket.on("drain", pour);
        pour();
      });
    });
    await using listening = lineTo(server);
    listening.line.look();
    await listening.next();
    // What the system's buffers still take comes in as long as the machine needs for it; then it is paused.
    let before: number;
    do {
      before = poured;
      await new Promise((resolve) => setTimeout(resolve, 200));
    } while (poured !== before);
    listening.heard.splice(0);
    listening.line.look();
    assert.equal(requestsOf(await listening.next()), 1);
    while (poured === before) await new Promise((resolve) => setTimeout(resolve, 10));
  });

  it("is believed where it streams to all that ask, and its breaks start no storm", async () => {
    let asked = 0;
    await using server = await listen((socket) => {
      socket.on("data", () => {
        asked++;
        socket.end(head + event(counts(7)));
      });
    });
    await using listening = lineTo(server, { intervalMs: 1000 });
    listening.line.look();
    assert.equal(requestsOf(await listening.next()), 7);
    assert.equal(requestsOf(await listening.next()), 7, "asked once more when the stream broke");
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(asked, 2);
  });
});
