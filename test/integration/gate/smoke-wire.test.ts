import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer as createTlsServer } from "node:https";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { temporaryFolder } from "../../support/temporary.ts";
import { makeCertificate } from "../components/certificate.ts";
import { listening } from "../components/web-server.ts";
import { closing, health, serve, smoked, whyOf } from "./smoked.ts";
import { answering, closedPort, http, listen } from "./sockets.ts";

describe("smoke tests and what answers them", function () {
  this.timeout(20_000);

  it("take a redirect for an answer, and do not follow it", async () => {
    let followed = 0;
    await using server = await serve(({ url }, response) => {
      if (url === "/elsewhere") followed += 1;
      response.writeHead(url === "/health" ? 302 : 200, { location: "/elsewhere" }).end();
    });
    const why = whyOf(await smoked([server.port], [health]));
    const { end } = await smoked([server.port], [{ ...health, status: 302 }]);
    assert.match(why, /answered 302, 200 was expected \(/);
    assert.equal(end.type, "passed");
    assert.equal(followed, 0);
  });

  const strange: [
    string,
    () => Promise<{ port: number; [Symbol.asyncDispose]?: () => Promise<void> }>,
    RegExp,
  ][] = [
    ["is silent", () => listen(() => undefined), /did not answer within 0\.2 s \(/],
    [
      "sends its answer drop by drop",
      () => answering("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"),
      /did not answer within 0\.2 s \(/,
    ],
    ["hangs up", () => listen((socket) => socket.end()), /could not be reached: /],
    ["is not there", () => closedPort(), /could not be reached: .*ECONNREFUSED/],
    [
      "sends without an end",
      () =>
        listen((socket) => {
          socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
          const chunk = `10000\r\n${"x".repeat(0x10000)}\r\n`;
          const pour = () => {
            while (socket.writable && socket.write(chunk));
          };
          socket.on("drain", pour).on("data", pour);
        }),
      /gave an answer of more than 1048576 bytes \(|did not answer within 0\.2 s \(/,
    ],
    ["speaks no HTTP", () => answering("SSH-2.0-OpenSSH\r\n"), /could not be reached: /],
  ];
  for (const [name, start, sentence] of strange)
    it(`fail on an instance that ${name}`, async () => {
      const server = await start();
      try {
        assert.match(whyOf(await smoked([server.port], [{ ...health, timeoutSeconds: 0.2 }])), sentence);
      } finally {
        await server[Symbol.asyncDispose]?.();
      }
    });

  it("fail by an answer that is too long, even where nothing is expected of it", async () => {
    await using server = await answering(http("200 OK", "x".repeat(1024 * 1024 + 1)));
    assert.match(
      whyOf(await smoked([server.port], [health])),
      /gave an answer of more than 1048576 bytes \(/,
    );
    await using well = await answering(http("200 OK", "x".repeat(1024 * 1024)));
    assert.equal((await smoked([well.port], [health], { smokeSeconds: 10 })).end.type, "passed");
  });
});

describe("smoke tests over TLS", function () {
  this.timeout(20_000);
  const name = "api.internal";
  let file: string;

  before(async () => {
    file = join(await temporaryFolder(), "server");
    await makeCertificate(file, name);
  });

  async function overTls(how: object, test: object = {}) {
    const [cert, key] = await Promise.all([readFile(`${file}.crt`), readFile(`${file}.key`)]);
    const headers: IncomingMessage["headers"][] = [];
    await using server = closing(
      await listening(
        createTlsServer({ cert, key }, (request, response) => {
          headers.push(request.headers);
          response.end("ok");
        }),
      ),
    );
    const environment = { COUNTER: "a-token-for-the-counts" };
    const { end } = await smoked([server.port], [{ ...health, ...test }], { how, environment });
    return { end, headers };
  }

  it("are as the counts where these are told on the same port, but for the header", async () => {
    const tls = { caFile: `${file}.crt`, serverName: name };
    const headerFrom = { name: "authorization", env: "COUNTER" };
    const { end, headers } = await overTls({ scheme: "https", tls, headerFrom });
    assert.equal(end.type, "passed");
    assert.ok(headers.every(({ authorization }) => authorization === undefined));
  });

  it("fail by a certificate that nobody has said to trust", async () => {
    const { end } = await overTls({ scheme: "https" });
    assert.ok(end.type === "failed");
    assert.match(end.why, /could not be reached: .*self-signed/);
  });

  it("are plain where the counts are told on another port, unless they say otherwise", async () => {
    const how = { scheme: "https", port: "counts", tls: { skipVerify: true } };
    assert.equal((await overTls(how)).end.type, "failed");
    assert.equal((await overTls(how, { scheme: "https" })).end.type, "passed");
  });
});
