import type { ServerResponse } from "node:http";
import { state } from "../state.ts";

/** So that whoever listens knows that the process lives. */
const beatMs = 1_000;
/** Streams at a time; a gate needs one. */
const mostStreams = 8;
/** What a reader that does not read may be owed before its stream is ended. */
const mostOwedBytes = 1_048_576;

const open = new Set<ServerResponse>();

/**
 * Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html): the counts each second, and at
 * once when there is an error or a failed request more. Says false where there are too many streams already.
 */
export function stream(response: ServerResponse, counts: () => Record<string, unknown>): boolean {
  if (open.size >= mostStreams) return false;
  const now = state();
  let told = now.errorCount + now.failedRequests;
  const send = () => {
    told = now.errorCount + now.failedRequests;
    if (response.writableLength > mostOwedBytes) response.destroy();
    else response.write(`data: ${JSON.stringify(counts())}\n\n`);
  };
  const onChange = () => {
    if (now.errorCount + now.failedRequests !== told) send();
  };
  const beat = setInterval(send, beatMs).unref();
  open.add(response);
  now.listeners.add(onChange);
  response.once("close", () => {
    clearInterval(beat);
    now.listeners.delete(onChange);
    open.delete(response);
  });
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  send();
  return true;
}

/** Ends all streams, so that a server that closes need not wait for their readers. */
export function endStreams(): void {
  for (const response of open) response.end();
}
