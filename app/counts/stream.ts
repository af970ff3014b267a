import type { ServerResponse } from "node:http";
import type { Total } from "../cluster/sum.ts";
import type { Source } from "./source.ts";

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
 *
 * @param write - makes the data of an event of what has been counted
 */
export function stream(response: ServerResponse, source: Source, write: (total: Total) => unknown): boolean {
  if (open.size >= mostStreams) return false;
  let told = source.trouble();
  const tell = (total: Total | undefined) => {
    // Counts that are not whole are none: whoever listens has to ask, and is told why.
    if (total === undefined) response.end();
    else if (response.writableLength > mostOwedBytes) response.destroy();
    else if (!response.writableEnded) response.write(`data: ${JSON.stringify(write(total))}\n\n`);
  };
  const send = () => {
    told = source.trouble();
    const total = source.read();
    if (total instanceof Promise) void total.then(tell);
    else tell(total);
  };
  const onChange = () => {
    if (source.trouble() !== told) send();
  };
  const beat = setInterval(send, beatMs).unref();
  open.add(response);
  source.listeners.add(onChange);
  response.once("close", () => {
    clearInterval(beat);
    source.listeners.delete(onChange);
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
