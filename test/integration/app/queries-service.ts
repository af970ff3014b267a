/** A service on node:http with the kit, whose routes make as many queries as their path says. */
import { createServer } from "node:http";
import { createKit, describeRequest, startQuery } from "../../../app/index.ts";
import { serve } from "../../../app/http.ts";

const server = createServer(
  serve(createKit(), (request, response) => {
    const queries = Number(/^\/classes\/(\d+)$/.exec(request.url ?? "")?.[1] ?? Number.NaN);
    if (Number.isNaN(queries)) {
      response.end();
      return;
    }
    describeRequest({ route: "GET /classes/:id" });
    for (let query = 0; query < queries; query++) startQuery({ database: "memory" })({ items: 10 });
    response.end();
  }),
);
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address !== null)
    process.stdout.write(`http://127.0.0.1:${address.port}\n`);
});
