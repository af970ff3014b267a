import { once } from "node:events";
import { connect, type Socket } from "node:net";

const request = Buffer.from("GET /classes/7 HTTP/1.1\r\nhost: localhost\r\n\r\n");
const endOfHead = "\r\n\r\n";

/** Clients that ask on kept connections, each again as soon as it has its answer. Whoever opens them closes them. */
export class Load {
  readonly #sockets: readonly Socket[];
  #answered = 0;

  private constructor(sockets: readonly Socket[]) {
    this.#sockets = sockets;
  }

  static async open(port: number, connections: number): Promise<Load> {
    const sockets = Array.from({ length: connections }, () => connect(port, "127.0.0.1"));
    await Promise.all(sockets.map((socket) => once(socket, "connect")));
    return new Load(sockets);
  }

  get answered(): number {
    return this.#answered;
  }

  /** All answers are of one length, which the first tells. */
  start(): void {
    for (const socket of this.#sockets) {
      let length = 0;
      let got = 0;
      socket.on("data", (chunk: Buffer) => {
        got += chunk.length;
        if (length === 0) length = lengthOf(chunk);
        while (got >= length) {
          got -= length;
          this.#answered += 1;
          socket.write(request);
        }
      });
      socket.write(request);
    }
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const open = this.#sockets.filter(({ closed }) => !closed);
    await Promise.all(open.map((socket) => once(socket, "close")));
  }
}

function lengthOf(answer: Buffer): number {
  const text = answer.toString("latin1");
  const body = /content-length: (\d+)/i.exec(text)?.[1];
  if (!text.startsWith("HTTP/1.1 200") || body === undefined)
    throw new Error(`A service of the bench answered ${JSON.stringify(text.slice(0, 200))}`);
  return text.indexOf(endOfHead) + endOfHead.length + Number(body);
}
