/** A service whose counts are told on a port of their own alone, which it tells the address of. */
import { createServer } from "node:http";
import { serve } from "../../../app/http.ts";
import { createKit } from "../../../app/index.ts";
import { tellAddress } from "./tell-address.ts";

const kit = createKit({ counterPath: null });
const own = await kit.listen({ port: 0 });
const server = createServer(
  serve(kit, (_request, response) => {
    response.end(JSON.stringify(own.address()));
  }),
);
server.listen(0, "127.0.0.1");
tellAddress(server);
