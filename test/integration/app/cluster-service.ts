/** A service of several processes on one port with the kit; WITHOUT_SUM leaves out what the primary has to call. */
import cluster from "node:cluster";
import { createServer } from "node:http";
import { serve } from "../../../app/http.ts";
import { createKit, stopWorkersOn, sumWorkers } from "../../../app/index.ts";
import { tellAddress } from "./tell-address.ts";

if (cluster.isPrimary) {
  if (process.env["WITHOUT_SUM"] === undefined) sumWorkers();
  stopWorkersOn("SIGTERM");
  let stopping = false;
  process.on("SIGTERM", () => (stopping = true));
  cluster.on("exit", () => {
    if (!stopping) cluster.fork();
  });
  for (let forked = 0; forked < 3; forked += 1) cluster.fork();
} else {
  const kit = createKit({ quarantine: true, otherInfo: () => ({ pid: process.pid }) });
  const server = createServer(
    serve(kit, (request, response) => {
      response.setHeader("connection", "close");
      switch (request.url) {
        case "/error":
          kit.logServerError({ error: new Error("broken") });
          response.writeHead(500).end();
          return;
        case "/die":
          setImmediate(() => {
            throw new Error("died");
          });
          return;
        case "/slow":
          process.stdout.write("asked\n");
          setTimeout(() => response.end(String(process.pid)), 500);
          return;
        case undefined:
        default:
          response.end(String(process.pid));
      }
    }),
  );
  kit.stopOn("SIGTERM", [server], { drainSeconds: 0.2, deadlineSeconds: 20 });
  server.listen(0, "127.0.0.1");
  tellAddress(server);
}
