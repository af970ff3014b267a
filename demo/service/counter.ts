import type { ServerResponse } from "node:http";
import type { Counter } from "./faults.ts";

type Counts = { errorCount: number; requestCount: number };

const json = { "content-type": "application/json" };

/** Text without end, at the pace at which it is read. */
function endless(response: ServerResponse): void {
  const chunk = " ".repeat(16_384);
  const more = () => {
    while (!response.destroyed && response.write(chunk));
  };
  response.writeHead(200, json).on("drain", more);
  more();
}

/** Answers the counter route as the fault wants it. */
export function answerCounter(
  response: ServerResponse,
  counter: Exclude<Counter, "true">,
  counts: Counts,
): void {
  const say = (body: string) => response.writeHead(200, json).end(body);
  switch (counter) {
    case "html":
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><h1>Welcome</h1>");
      return;
    case "empty":
      say("");
      return;
    case "error":
      response.writeHead(500, json).end('{"error":"counter"}');
      return;
    case "negative":
      say('{"errorCount":-1,"requestCount":-1}');
      return;
    case "string":
      say(
        JSON.stringify({ errorCount: String(counts.errorCount), requestCount: String(counts.requestCount) }),
      );
      return;
    case "nan":
      say('{"errorCount":NaN,"requestCount":NaN}');
      return;
    case "huge":
      say('{"errorCount":0,"requestCount":1e308}');
      return;
    case "fraction":
      say('{"errorCount":0.5,"requestCount":0.5}');
      return;
    case "missing":
      say("{}");
      return;
    case "nested":
      say("[".repeat(100_000));
      return;
    case "endless":
      endless(response);
      return;
  }
}
