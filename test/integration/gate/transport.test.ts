import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createServer, type ServerOptions } from "node:https";
import { join } from "node:path";
import { z } from "zod";
import type { Answer } from "../../../gate/count/answer.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { makeCertificate } from "../components/certificate.ts";
import { lineTo, type LineSettings } from "./lines.ts";
import { http, listen } from "./sockets.ts";

const host = "api.internal";
const counts = '{"errorCount":0,"requestCount":12}';

async function serverWith(options: ServerOptions) {
  const server = createServer(options, (_, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end(counts);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = z.object({ port: z.number() }).parse(server.address());
  return {
    host: "127.0.0.1",
    port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

describe("counts over TLS", () => {
  let folder: string;
  let options: ServerOptions;
  const file = (name: string) => join(folder, name);

  before(async () => {
    folder = await temporaryFolder();
    await Promise.all(
      [
        ["server", host],
        ["other", host],
        ["gate", "gate.internal"],
      ].map(([name = "", of = ""]) => makeCertificate(file(name), of)),
    );
    options = { cert: await readFile(file("server.crt")), key: await readFile(file("server.key")) };
  });

  async function answerOf(more: ServerOptions, tls: object): Promise<Answer> {
    await using server = await serverWith({ ...options, ...more });
    await using listening = lineTo(server, { how: { scheme: "https", tls } });
    listening.line.look();
    return await listening.next();
  }

  function refused(answer: Answer, why: RegExp): void {
    assert.ok(answer.type === "absent", JSON.stringify(answer));
    assert.match(answer.why, why);
  }

  const trusted = () => ({ caFile: file("server.crt"), serverName: host });

  it("are those of an instance whose certificate is signed as wanted", async () => {
    assert.equal((await answerOf({}, trusted())).type, "counts");
  });

  it("are not taken from one with another certificate, another name, or one that nobody knows", async () => {
    refused(
      await answerOf({}, { caFile: file("other.crt"), serverName: host }),
      /self.signed certificate|unable to verify/,
    );
    refused(
      await answerOf({}, { caFile: file("server.crt"), serverName: "other.internal" }),
      /does not match|altnames/,
    );
    refused(await answerOf({}, { serverName: host }), /self.signed/);
  });

  it("are taken from any where nothing is checked", async () => {
    assert.equal((await answerOf({}, { skipVerify: true })).type, "counts");
  });

  it("are told to a gate that shows its certificate, and to no other", async () => {
    const mutual = { requestCert: true, rejectUnauthorized: true, ca: await readFile(file("gate.crt")) };
    const shown = { ...trusted(), certFile: file("gate.crt"), keyFile: file("gate.key") };
    assert.equal((await answerOf(mutual, shown)).type, "counts");
    refused(await answerOf(mutual, trusted()), /certificate required|alert|ECONNRESET|other side closed/);
  });

  it("are not taken from an instance that speaks plain HTTP", async () => {
    await using server = await listen((socket) => {
      socket.on("data", () => socket.end(http("400 Bad Request", "")));
    });
    await using listening = lineTo(server, { how: { scheme: "https" } });
    listening.line.look();
    assert.equal((await listening.next()).type, "absent");
  });
});

describe("a question for counts", () => {
  async function askedWith(settings: LineSettings): Promise<string> {
    let asked = "";
    await using server = await listen((socket) => {
      socket.on("data", (data) => {
        asked += data.toString("utf8");
        socket.write(http("200 OK", counts));
      });
    });
    await using listening = lineTo(server, settings);
    listening.line.look();
    assert.equal((await listening.next()).type, "counts");
    return asked;
  }

  it("goes to another route where the settings say so", async () => {
    assert.match(await askedWith({ path: "/internal/counts" }), /^GET \/internal\/counts HTTP/);
  });

  it("carries a secret from a variable or a file of the gate", async () => {
    const name = "Authorization";
    const environment = { TOKEN: "Bearer abc" };
    assert.match(
      await askedWith({ how: { headerFrom: { name, env: "TOKEN" } }, environment }),
      /\r\nAuthorization: Bearer abc\r\n/,
    );
    const file = join(await temporaryFolder(), "token");
    await writeFile(file, "Bearer def\n");
    assert.match(
      await askedWith({ how: { headerFrom: { name, file } } }),
      /\r\nAuthorization: Bearer def\r\n/,
    );
  });

  it("does not carry the secret to where a redirect points", async () => {
    let asked = 0;
    await using elsewhere = await listen(() => {
      asked++;
    });
    await using server = await listen((socket) => {
      socket.on("data", () =>
        socket.write(
          `HTTP/1.1 307 See There\r\nLocation: http://127.0.0.1:${elsewhere.port}/\r\nContent-Length: 0\r\n\r\n`,
        ),
      );
    });
    await using listening = lineTo(server, {
      how: { headerFrom: { name: "x-token", env: "TOKEN" } },
      environment: { TOKEN: "abc" },
    });
    listening.line.look();
    const answer = await listening.next();
    assert.ok(answer.type === "wrong");
    assert.match(answer.why, /answered HTTP 307/);
    assert.equal(asked, 0);
  });
});
