/** A service on Fastify with the kit: plugins with prefixes, owners, and handlers that throw. */
import { fastify } from "fastify";
import { createKit, expectedOutcome, startQuery } from "../../../app/index.ts";
import { errorHandler, nary } from "../../../app/fastify.ts";
import { state } from "../../../app/state.ts";

const logged: unknown[] = [];
const ended: unknown[] = [];
const kit = createKit({
  logger: { error: (details, message) => logged.push({ ...details, error: message }) },
  otherInfo: () => ({ logged, ended }),
});
state().enders.add(({ route, area, team, cost }, end) => {
  ended.push({ route, area, team, end, queries: cost?.queries ?? 0 });
});

function query(): void {
  startQuery({ database: "here" })({ items: 1 });
}

const app = fastify();
app.setErrorHandler(errorHandler(kit));
app.register(nary(kit));
app.register(
  (classes, _options, done) => {
    classes.get("/:id", { config: { area: "classes", team: "core" } }, async () => {
      query();
      await new Promise(setImmediate);
      query();
      return "a class";
    });
    classes.post("/", (request) => {
      query();
      return request.body;
    });
    done();
  },
  { prefix: "/classes" },
);
app.get("/expected", () => {
  throw expectedOutcome("nobody of this name", 404);
});
app.get("/unknown", () => {
  throw new Error("a secret");
});
app.get("/wanted", { schema: { querystring: { type: "object", required: ["name"] } } }, () => "named");

process.stdout.write(`${await app.listen({ port: 0, host: "127.0.0.1" })}\n`);
