import { StringDecoder } from "node:string_decoder";
import { createParser, type EventSourceParser } from "eventsource-parser";
import type { Dispatcher } from "undici";
import { TooLongError } from "../clients/body.ts";
import { reasonOf } from "../errors.ts";
import { answerOf, type Answer } from "./answer.ts";

/** Counts, the errors of late and the costs of 200 routes need no more. */
const mostBytes = 256 * 1024;
/** A stream that tells more between two looks is read no further until the next one. */
const mostStreamedBytes = 4 * mostBytes;

/** What a question may be answered with. */
export type Wanted = "counts" | "counts or stream";

/** What comes of a question: one answer, or a stream of them that breaks some day. */
export type Heard =
  | { type: "answer"; answer: Answer }
  | { type: "stream" }
  | { type: "event"; answer: Answer }
  | { type: "broken" };

/** One question to one instance, until its answer is read or its stream is broken. */
export class Question implements Dispatcher.DispatchHandler {
  readonly wanted: Wanted;
  readonly #tell: (heard: Heard) => void;
  readonly #limit: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | undefined;
  #over = false;
  #status = 0;
  #body: Buffer[] = [];
  #size = 0;
  #stream: { parser: EventSourceParser; decoder: StringDecoder } | undefined;

  /** @param tell - hears what comes of it, and nothing more once it is closed */
  constructor(wanted: Wanted, answerSeconds: number, tell: (heard: Heard) => void) {
    this.wanted = wanted;
    this.#tell = tell;
    this.#limit = setTimeout(() => {
      this.#answer({ type: "slow", why: `did not answer within ${answerSeconds} s` });
    }, answerSeconds * 1000);
  }

  /** Nobody wants to know any more. */
  close(): void {
    this.#over = true;
    clearTimeout(this.#limit);
    this.#controller?.abort(new DOMException("Nobody waits for the answer.", "AbortError"));
  }

  /** A stream may tell its share of bytes anew. */
  goOn(): void {
    this.#size = 0;
    if (this.#controller?.paused === true) this.#controller.resume();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#over) this.close();
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    this.#status = status;
    const isStream = status === 200 && /^text\/event-stream\b/i.test(String(headers["content-type"]));
    if (!isStream || this.#over) return;
    const parser = createParser({
      maxBufferSize: mostBytes,
      onEvent: ({ data }) => {
        // Some servers keep a connection alive with events that say nothing.
        if (data !== "") this.#event(answerOf(200, data));
      },
      onError: ({ type }) => {
        if (type !== "max-buffer-size-exceeded") return;
        this.#event({ type: "wrong", why: new TooLongError(mostBytes).message });
        this.#break();
      },
    });
    this.#stream = { parser, decoder: new StringDecoder("utf8") };
    if (this.wanted === "counts") return;
    clearTimeout(this.#limit);
    this.#tell({ type: "stream" });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#over) return;
    this.#size += chunk.length;
    if (this.#stream !== undefined) {
      this.#stream.parser.feed(this.#stream.decoder.write(chunk));
      if (this.#size > mostStreamedBytes) controller.pause();
      return;
    }
    this.#body.push(chunk);
    if (this.#size > mostBytes) this.#answer({ type: "wrong", why: new TooLongError(mostBytes).message });
  }

  onResponseEnd(): void {
    // Nothing is left to abort, and the connection is kept.
    this.#controller = undefined;
    if (this.#stream !== undefined) this.#break();
    else this.#answer(answerOf(this.#status, Buffer.concat(this.#body).toString("utf8")));
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    if (this.#stream !== undefined) this.#break();
    else this.#answer({ type: "absent", why: `could not be reached: ${reasonOf(error)}` });
  }

  #event(answer: Answer): void {
    // Whoever streams to all that ask has answered with the first event.
    if (this.wanted === "counts") this.#answer(answer);
    else if (!this.#over) this.#tell({ type: "event", answer });
  }

  #answer(answer: Answer): void {
    if (this.#over) return;
    this.close();
    this.#tell({ type: "answer", answer });
  }

  #break(): void {
    if (this.wanted === "counts") this.#answer(answerOf(200, ""));
    if (this.#over) return;
    this.close();
    this.#tell({ type: "broken" });
  }
}
