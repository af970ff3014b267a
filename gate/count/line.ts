import type { Address } from "../clients/consul.ts";
import type { Answer } from "./answer.ts";
import { Question, type Heard, type Wanted } from "./question.ts";
import type { Wire } from "./wire.ts";

/** Looks in a row at which a stream may have said nothing new, before it is asked. */
const silentLooks = 3;
const mostPauseMs = 30_000;

export type LineOptions = {
  wire: Wire;
  address: Address;
  /** Milliseconds between two looks. */
  intervalMs: number;
  answerSeconds: number;
  onAnswer: (answer: Answer) => void;
};

/**
 * How one instance is listened to: by its stream, where it offers one and as long as that speaks, and else by asking
 * it again and again. Closed by whoever opens it.
 */
export class Line {
  readonly #options: LineOptions;
  #question: Question | undefined;
  #stream: Question | undefined;
  #opened = 0;
  #spoke = 0;
  /** How long no stream is asked for after one broke; longer after each that breaks soon. */
  #pauseMs = 0;
  #streamsFrom = 0;

  constructor(options: LineOptions) {
    this.#options = options;
  }

  get address(): Address {
    return this.#options.address;
  }

  /** It is time for news: asks, unless a stream tells them or the last question is still open. */
  look(): void {
    this.#stream?.goOn();
    const now = performance.now();
    const silentMs = silentLooks * this.#options.intervalMs;
    if (this.#question !== undefined || (this.#stream !== undefined && now - this.#spoke < silentMs)) return;
    this.#ask(this.#stream === undefined && now >= this.#streamsFrom ? "counts or stream" : "counts");
  }

  close(): void {
    this.#question?.close();
    this.#stream?.close();
  }

  #ask(wanted: Wanted, isSecond = false): void {
    const { wire, address, answerSeconds } = this.#options;
    this.#question = new Question(wanted, answerSeconds, (heard) => {
      this.#hear(heard, wanted, isSecond);
    });
    wire.ask(address, this.#question);
  }

  #hear(heard: Heard, wanted: Wanted, isSecond: boolean): void {
    switch (heard.type) {
      case "answer":
        this.#question = undefined;
        // A server may close an idle connection in the moment in which it is used again: no error of its own.
        if (heard.answer.type === "absent" && !isSecond) this.#ask(wanted, true);
        else this.#options.onAnswer(heard.answer);
        return;
      case "stream":
        this.#stream = this.#question;
        this.#question = undefined;
        this.#opened = this.#spoke = performance.now();
        return;
      case "event":
        this.#spoke = performance.now();
        this.#options.onAnswer(heard.answer);
        return;
      case "broken":
        this.#streamBroke();
        return;
    }
  }

  #streamBroke(): void {
    const { intervalMs } = this.#options;
    const now = performance.now();
    this.#stream = undefined;
    this.#pauseMs = now - this.#opened > mostPauseMs ? intervalMs : Math.max(intervalMs, this.#pauseMs * 2);
    this.#pauseMs = Math.min(this.#pauseMs, mostPauseMs);
    this.#streamsFrom = now + this.#pauseMs;
    // It may be that the instance is no more.
    if (this.#question === undefined) this.#ask("counts");
  }
}
