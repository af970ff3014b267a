/** A service on node:http with the kit; each of its routes ends in another way. */
import { createServer } from "node:http";
import { createKit, expectedOutcome } from "../../../app/index.ts";
import { serve } from "../../../app/http.ts";

const kit = createKit({
  quarantine: true,
  otherInfo: () => ({ version: 7, errorCount: -1 }),
  ...(process.env["TOKEN"] === undefined ? {} : { token: process.env["TOKEN"] }),
});

const server = createServer(
  serve(kit, (request, response) => {
    switch (request.url) {
      case "/twice":
        kit.logServerError({ error: new Error("first 1") });
        kit.logServerError({ error: new Error("first 2") });
        response.writeHead(500).end();
        return;
      case "/expected":
        kit.logServerError({ error: expectedOutcome("not there", 404) });
        response.writeHead(404).end();
        return;
      case "/unlogged":
        response.writeHead(502).end();
        return;
      case "/reject":
        void Promise.reject(new Error("stray"));
        response.end();
        return;
      case "/never":
        return;
      case "/timeout":
        response.setTimeout(50);
        return;
      case undefined:
      default:
        response.end("hello");
    }
  }),
);
// The process goes on, as that of a service with a handler of its own for what is stray.
process.on("uncaughtException", () => undefined);
process.on("SIGTERM", () => void kit.stop([server], { drainSeconds: 2, deadlineSeconds: 10 }));
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address !== null)
    process.stdout.write(`http://127.0.0.1:${address.port}\n`);
});
