/** A service whose answers wait until they are let go, and which then stops at a signal. */
import { createServer, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { serve } from "../../../app/http.ts";
import { createKit, runRequest } from "../../../app/index.ts";
import { tellAddress } from "./tell-address.ts";

const held: ServerResponse[] = [];
const kit = createKit();
const server = createServer(
  serve(kit, (request, response) => {
    response.setHeader("x-path", request.url ?? "");
    if (request.url?.startsWith("/held") === true) held.push(response);
    else if (request.url === "/begun") response.write("begun ");
    else response.end(request.url);
    if (request.url === "/begun") held.push(response);
    if (request.url === "/job") {
      void runRequest({ route: "job" }, () => sleep(800)).then(() => {
        say("done");
      });
    }
    if (request.url === "/go") for (const one of held.splice(0)) one.end("let go");
  }),
);
const say = (word: string) => process.stdout.write(`${word}\n`);
const seconds = (name: string, usual: number) => Number(process.env[name] ?? usual);
kit.stopOn("SIGTERM", [server], {
  drainSeconds: seconds("DRAIN", 3),
  deadlineSeconds: seconds("DEADLINE", 15),
  last: () => {
    say("last");
  },
});
// Something that a service has open, which must not keep the process.
setInterval(() => undefined, 1000);
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1");
tellAddress(server);
