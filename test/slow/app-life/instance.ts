/** An instance of a service that HAProxy routes to; it takes a while for each answer. */
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { serve } from "../../../app/http.ts";
import { createKit } from "../../../app/index.ts";
import { tellAddress } from "../../integration/app/tell-address.ts";

const longestMs = 60;
const kit = createKit({ quarantine: true });
const server = createServer(
  serve(kit, (request, response) => {
    void (async () => {
      const body = await text(request);
      await sleep(Math.random() * longestMs);
      if (request.url === "/error" && process.env["NARY_ROLE"] === "canary") {
        kit.logServerError({ error: new Error("broken") });
        response.writeHead(500);
      }
      response.end(`${request.method ?? ""} ${request.url ?? ""} ${body}`);
    })();
  }),
);
// HAProxy's checks come each 0.1 s in these tests.
kit.stopOn("SIGTERM", [server], { drainSeconds: 0.4, deadlineSeconds: 5 });
server.listen(Number(process.env["PORT"] ?? 0), "127.0.0.1");
tellAddress(server);
