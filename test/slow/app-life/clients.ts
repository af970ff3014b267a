import { once } from "node:events";
import { Agent, request, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

/** What clients saw until they were ended. */
export type Load = { sent: () => number; lost: readonly string[]; end: () => Promise<void> };

const pauseMs = 5;

/** Clients that each ask one thing after another on a connection that they keep. */
export function keepAliveClients(port: number, count: number): Load {
  return clients(count, (name, tell) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    return {
      ask: async (at) => {
        const [method, path] = [at % 2 === 0 ? "GET" : "POST", `/${name}/${at}`];
        const asked = request({ port, host: "127.0.0.1", path, method, agent });
        const answered = new Promise<IncomingMessage>((resolve, reject) => {
          asked.once("response", resolve).once("error", reject);
        });
        asked.end(method === "POST" ? name : "");
        const response = await answered;
        const body = await text(response);
        if (body !== `${method} ${path} ${method === "POST" ? name : ""}`)
          tell(`${response.statusCode ?? 0} ${body}`);
        return 1;
      },
      close: () => {
        agent.destroy();
      },
    };
  });
}

const atOnce = 5;

/** Clients that each send several requests at once on a connection that they keep, and then wait for all answers. */
export function pipelinedClients(port: number, count: number): Load {
  return clients(count, async (name, tell) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    let heard = "";
    socket.setEncoding("utf8").on("data", (more: string) => (heard += more));
    await once(socket, "connect");
    return {
      ask: async (at) => {
        heard = "";
        const paths = Array.from({ length: atOnce }, (_, index) => `/${name}/${at}/${index}`);
        socket.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nhost: api\r\n\r\n`).join(""));
        // The bodies come in the order of the requests.
        const whole = new RegExp(paths.map((path) => `HTTP/1.1 200 [^]*GET ${path} `).join("[^]*"));
        while (!whole.test(heard)) {
          if (socket.readableEnded || socket.destroyed || /HTTP\/1.1 [^2]/.test(heard)) {
            tell(`pipelined: ${heard.slice(0, 500)}`);
            socket.destroy();
            break;
          }
          await sleep(5);
        }
        return atOnce;
      },
      close: () => {
        socket.destroy();
      },
    };
  });
}

type Client = { ask: (at: number) => Promise<number>; close: () => void };

function clients(
  count: number,
  open: (name: string, tell: (lost: string) => void) => Client | Promise<Client>,
): Load {
  const lost: string[] = [];
  let sent = 0;
  let ended = false;
  const running = Array.from({ length: count }, async (_, number) => {
    const connected = async () => open(`client-${number}`, (what) => lost.push(what));
    let client = await connected();
    for (let at = 0; !ended; at += 1) {
      const before = lost.length;
      try {
        sent += await client.ask(at);
      } catch (error) {
        lost.push(String(error));
      }
      if (lost.length > before) {
        client.close();
        client = await connected();
      }
      await sleep(pauseMs);
    }
    client.close();
  });
  return {
    sent: () => sent,
    lost,
    end: async () => {
      ended = true;
      await Promise.all(running);
    },
  };
}
