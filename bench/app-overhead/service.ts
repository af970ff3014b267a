/** A service of the bench: what it is served with, it is told by its parent. */
import { createServer, type RequestListener } from "node:http";
import pg from "pg";
import { Histogram } from "prom-client";
import { createKit, describeRequest } from "../../app/index.ts";
import { serve } from "../../app/http.ts";
import { instrumentPg } from "../../app/pg.ts";
import { computed, listening, serveQuestion } from "./messages.ts";
import { DriverSocket } from "./driver-socket.ts";
import { spanNames, startOpenTelemetry } from "./opentelemetry.ts";
import { variants, type VariantName } from "./variants.ts";

const text = "SELECT name FROM students WHERE class = 7";

process.once("message", (question) => {
  const { variant } = serveQuestion.parse(question);
  listen(variant);
});

function listen(variant: VariantName): void {
  if (variant === "opentelemetry") startOpenTelemetry();
  const server = createServer(handlerOf(variant));
  server.keepAliveTimeout = 0;
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    if (typeof address === "object" && address !== null)
      process.send?.(listening.parse({ port: address.port }));
  });
  process.on("message", () => {
    const { user, system } = process.cpuUsage();
    process.send?.(computed.parse({ cpuUs: user + system, spans: spanNames() }));
  });
}

function handlerOf(variant: VariantName): RequestListener {
  const queries = variants.find(({ name }) => name === variant)?.queries ?? 0;
  const answer = queries === 0 ? answerAtOnce : answerAfter(queries, variant);
  switch (variant) {
    case "bare":
    case "bare-queries":
    case "opentelemetry":
      return answer;
    case "counts":
    case "cost":
      return serve(createKit(), (request, response) => {
        describeRequest({ route: "GET /classes/:id", area: "classes", team: "reading" });
        answer(request, response);
      });
    case "prom-client":
      return withPromClient(answer);
  }
}

const answerAtOnce: RequestListener = (_, response) => {
  const body = `{"class":"7"}`;
  response.writeHead(200, { "content-type": "application/json", "content-length": body.length }).end(body);
};

function answerAfter(queries: number, variant: VariantName): RequestListener {
  if (variant === "cost") instrumentPg(pg);
  const pool = new pg.Pool({ max: 16, stream: () => new DriverSocket() });
  return (request, response) => {
    const work = async () => {
      for (let query = 0; query < queries; query++) await pool.query(text);
      answerAtOnce(request, response);
    };
    work().catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  };
}

/** As its documentation has it: a histogram of how long requests take, by route and status. */
function withPromClient(answer: RequestListener): RequestListener {
  const histogram = new Histogram({
    name: "http_request_duration_seconds",
    help: "How long requests take",
    labelNames: ["method", "route", "code"],
  });
  return (request, response) => {
    const end = histogram.startTimer();
    response.once("finish", () => {
      end({ method: request.method ?? "", route: "/classes/:id", code: response.statusCode });
    });
    answer(request, response);
  };
}
