/** A service on Express with the kit: routers in routers, owners, and handlers that throw. */
import assert from "node:assert/strict";
import express from "express";
import {
  clientError,
  createKit,
  expectedOutcome,
  runRequest,
  serverError,
  startQuery,
} from "../../../app/index.ts";
import { errorHandler, nary, owner } from "../../../app/express.ts";
import { state } from "../../../app/state.ts";
import { tellAddress } from "./tell-address.ts";

const logged: unknown[] = [];
const ended: unknown[] = [];
const kit = createKit({
  logger: { error: (details, message) => logged.push({ ...details, error: message }) },
  otherInfo: () => ({ logged, ended }),
});
// What the first query of each request would be told to carry as a comment.
const firstRoutes = new WeakMap<object, string | undefined>();
state().enders.add((request, end) => {
  const { route, area, team, cost } = request;
  ended.push({ route, area, team, end, queries: cost?.queries ?? 0, first: firstRoutes.get(request) });
});

function query(): void {
  const request = state().requests.getStore();
  if (request !== undefined && !firstRoutes.has(request)) firstRoutes.set(request, request.route);
  startQuery({ database: "here", tables: ["classes"] })({ items: 1 });
}

const students = express.Router();
students.get("/:id", (_request, response) => {
  query();
  setImmediate(() => response.json("a student"));
});
students.get("/", (_request, response) => response.json("students"));

const classes = express.Router();
classes.use(owner({ area: "classes", team: "core" }));
classes.use("/:class/students", students);
classes.get("/:id", (request, response) => {
  query();
  const route: unknown = request.route;
  assert(typeof route === "object" && route !== null && "path" in route);
  response.json([request.baseUrl, route.path]);
});
classes.post("/", (request, response) => {
  // Before Express knows of a body, and after it came in pieces.
  request.on("end", () => {
    query();
    response.json("made");
  });
  request.resume();
});
classes.get("/:id/broken", async () => {
  await Promise.resolve();
  query();
  throw serverError("broken", { team: "storage" });
});
classes.get("/:id/half", (_request, response) => {
  response.write("half");
  throw new Error("half");
});

const app = express();
app.use(nary(kit));
app.use("/parsed", express.json());
app.post("/parsed", (request, response) => {
  query();
  response.json(request.body);
});
app.use("/classes", classes);
app.get(["/either", "/or"], (_request, response) => response.end());
app.get(/^\/fly/, (_request, response) => response.end());
app.get("/expected", () => {
  throw expectedOutcome("nobody of this name", 404);
});
app.get("/client", () => {
  throw clientError("no such field", 422);
});
app.get("/unknown", (_request, response) => {
  response.set("cache-control", "max-age=60").set("content-length", "1");
  throw new Error("a secret");
});
app.get("/upstream", () => {
  throw Object.assign(new Error("not found"), { status: 404 });
});
app.get("/job", async (_request, response) => {
  const failed = await runRequest({ route: "job mail", team: "mail" }, () => {
    query();
    return Promise.reject(new Error("no mail"));
  }).catch(String);
  const done = await runRequest({ route: "job tidy" }, () => "tidy");
  response.json([failed, done]);
});
const sub = express();
sub.get("/of/:name", (_request, response) => {
  query();
  response.end();
});
app.use("/sub", sub);
app.use(errorHandler(kit));

tellAddress(app.listen(0, "127.0.0.1"));
