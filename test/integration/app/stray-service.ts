/** A service with an error that nobody catches; HANDLERS names the events that it has a handler of its own for. */
import { createServer } from "node:http";
import { serve } from "../../../app/http.ts";
import { createKit } from "../../../app/index.ts";
import { tellAddress } from "./tell-address.ts";

const kit = createKit();
for (const event of (process.env["HANDLERS"] ?? "").split(",").filter(Boolean))
  process.on(event, () => undefined);
const server = createServer(
  serve(kit, (request, response) => {
    if (request.url === "/reject") void Promise.reject(new Error("stray"));
    if (request.url === "/throw")
      setImmediate(() => {
        throw new Error("stray");
      });
    if (request.url === "/forget") process.removeAllListeners("unhandledRejection");
    response.end();
  }),
);
server.listen(0, "127.0.0.1");
tellAddress(server);
