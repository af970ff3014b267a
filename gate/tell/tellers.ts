import type { WebhookSettings } from "../../settings/notify.ts";
import { reasonOf } from "../errors.ts";
import type { Origin } from "./about.ts";
import type { Event, Tell } from "./events.ts";
import { Exporter, type Listen } from "./metrics/exporter.ts";
import { Metrics } from "./metrics/metrics.ts";
import { Textfile } from "./metrics/textfile.ts";
import { Webhooks } from "./notify/webhooks.ts";
import type { StackNames } from "./phase.ts";
import { append } from "./summary/append.ts";
import { Summary } from "./summary/summary.ts";

export type TellersOptions = {
  /** Tells on the screen. */
  screen: Tell;
  /** File that a page of Markdown is appended to at the end. */
  summary?: string | undefined;
  /** Where a Prometheus may scrape while the command runs. */
  metricsListen?: Listen | undefined;
  /** File of metrics that is kept up to date. */
  metricsFile?: string | undefined;
  /** Where secrets of webhooks may be. */
  environment: NodeJS.ProcessEnv;
  /** Told what went wrong after the last event. */
  onLate: (why: string) => void;
};

type Told = { event: Event; at: Date };

/**
 * All who are told what a command does: the screen, a summary, metrics, webhooks. A release depends on none of them:
 * what cannot be told there is a warning. Whoever opens them closes them.
 */
export class Tellers {
  readonly #options: TellersOptions;
  readonly #summary = new Summary(performance.now());
  readonly #metrics = new Metrics(new Date());
  readonly #textfile: Textfile | undefined;
  #exporter: Exporter | undefined;
  #webhooks: Webhooks | undefined;
  /** What was told before anybody knew which webhooks there are. */
  #held: Told[] | undefined = [];
  #hasEnded = false;

  constructor(options: TellersOptions) {
    this.#options = options;
    const { metricsFile: path } = options;
    if (path !== undefined)
      this.#textfile = new Textfile({ path, text: () => this.#metrics.text(), onWarning: this.#warn });
  }

  /** Tells all of them, and waits for none. */
  readonly tell: Tell = (event) => {
    const at = new Date();
    if (event.event === "end") this.#hasEnded = true;
    this.#options.screen(event);
    this.#summary.tell(event, performance.now());
    this.#metrics.tell(event, at);
    this.#textfile?.changed();
    if (this.#webhooks !== undefined) this.#webhooks.tell(event, at);
    else this.#held?.push({ event, at });
  };

  /** Begins to listen for a Prometheus. Never throws. */
  async listen(): Promise<void> {
    const { metricsListen: where } = this.#options;
    if (where === undefined) return;
    try {
      this.#exporter = await Exporter.open(where, () => this.#metrics.text());
      this.tell({ event: "metrics", address: this.#exporter.address });
    } catch (error) {
      this.#warn(`nobody can scrape metrics: ${reasonOf(error)}`);
    }
  }

  /** What is released, and which webhooks there are. What has been told before is handed on to them. */
  settle(origin: Origin, stacks: StackNames, notify: readonly WebhookSettings[]): void {
    this.#summary.setOrigin(origin, stacks);
    this.#metrics.setOrigin(origin, stacks);
    const webhooks = new Webhooks({
      settings: notify,
      origin,
      environment: this.#options.environment,
      onWarning: this.#warn,
      onOutcome: (outcome) => {
        this.#metrics.message(outcome);
        this.#textfile?.changed();
      },
    });
    for (const { event, at } of this.#held ?? []) webhooks.tell(event, at);
    this.#held = undefined;
    this.#webhooks = webhooks;
  }

  /** Writes and sends what is left, ten seconds at most. Never throws. */
  async close(): Promise<void> {
    const { summary, onLate } = this.#options;
    const summarized = summary === undefined ? undefined : append(summary, this.#summary.markdown());
    for (const failure of (await this.#webhooks?.close()) ?? []) onLate(failure);
    const unwritten = await summarized;
    if (unwritten !== undefined) onLate(`the summary cannot be written to ${summary ?? ""}: ${unwritten}`);
    await this.#textfile?.close();
    await this.#exporter?.close();
  }

  readonly #warn = (why: string): void => {
    if (this.#hasEnded) this.#options.onLate(why);
    else this.tell({ event: "warning", why });
  };
}
