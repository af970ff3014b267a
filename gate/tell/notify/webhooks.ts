import { notifiable, type WebhookSettings } from "../../../settings/notify.ts";
import { reasonOf } from "../../errors.ts";
import { releaseIn, type Origin } from "../about.ts";
import type { Event } from "../events.ts";
import type { NotifiedEvent } from "./message.ts";
import { Webhook } from "./webhook.ts";

/** How long the end of a command waits for receivers. */
const flushMs = 10_000;

export type WebhooksOptions = {
  settings: readonly WebhookSettings[];
  origin: Origin;
  /** Where secrets may be. */
  environment: NodeJS.ProcessEnv;
  onWarning: (why: string) => void;
  onOutcome?: ((outcome: "delivered" | "failed") => void) | undefined;
};

const isNotified = (event: Event): event is NotifiedEvent => notifiable.some((name) => name === event.event);

/** All webhooks of a release. Whoever opens them closes them. */
export class Webhooks {
  readonly #origin: Origin;
  readonly #webhooks: readonly { events: ReadonlySet<string>; webhook: Webhook }[];
  #release: string | undefined;

  /** One without its secret is told as a warning, and gets nothing. */
  constructor({ settings, origin, ...others }: WebhooksOptions) {
    this.#origin = origin;
    this.#webhooks = settings.flatMap((one, index) => {
      const name = `the webhook nary:notify[${index}]${"url" in one.where ? ` at ${one.where.url.origin}` : ""}`;
      const webhook = new Webhook({ settings: one, name, ...others });
      try {
        webhook.check();
        return [{ events: new Set(one.events), webhook }];
      } catch (error) {
        others.onWarning(`${name} is told nothing: ${reasonOf(error)}`);
        return [];
      }
    });
  }

  tell(event: Event, at: Date): void {
    // Where production goes back, another release is told of; what is released stays what it is.
    this.#release ??= releaseIn(event);
    if (!isNotified(event)) return;
    for (const { events, webhook } of this.#webhooks) {
      if (events.has(event.event))
        webhook.send({ ...this.#origin, at, release: this.#release ?? null, event });
    }
  }

  /** Waits ten seconds at most, and resolves to a sentence for each webhook that was not told all. */
  async close(waitMs = flushMs): Promise<string[]> {
    const limit = AbortSignal.timeout(waitMs);
    const failures = await Promise.all(this.#webhooks.map(({ webhook }) => webhook.close(limit)));
    return failures.filter((failure) => failure !== undefined);
  }
}
