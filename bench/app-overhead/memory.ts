/** Serves as many requests as it is told, one after the other in this process, and tells what its heap holds. */
import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { createKit, describeRequest, startQuery } from "../../app/index.ts";
import { serve } from "../../app/http.ts";
import { memoryAnswer, memoryQuestion } from "./messages.ts";

const atOnce = 1_000;
const routes = 50;

process.once("message", (question) => {
  void measure(memoryQuestion.parse(question).requests);
});

async function measure(requests: number): Promise<void> {
  const kit = createKit();
  let number = 0;
  const handler = serve(kit, (_, response) => {
    number += 1;
    describeRequest({ route: `GET /${number % routes}`, area: "classes", team: "reading" });
    startQuery({ database: "postgres", tables: ["students"], text: "SELECT 1" })({ items: 1 });
    response.emit("finish");
    response.emit("close");
  });
  const socket = new Socket();
  const serveOne = () => {
    const request = new IncomingMessage(socket);
    request.url = "/";
    handler(request, new ServerResponse(request));
  };
  let earlyMb = 0;
  for (let served = 0; served < requests; served += atOnce) {
    if (served >= requests / 10 && earlyMb === 0) earlyMb = heapMb();
    for (let one = 0; one < atOnce; one++) serveOne();
    await turn();
  }
  const lateMb = heapMb();
  process.send?.(memoryAnswer.parse({ requests: number, earlyMb, lateMb }));
}

function heapMb(): number {
  if (globalThis.gc === undefined) throw new Error("It is started with --expose-gc.");
  globalThis.gc();
  return process.memoryUsage().heapUsed / 1_048_576;
}
