import type { Address } from "../../../gate/clients/consul.ts";
import type { Answer } from "../../../gate/count/answer.ts";
import { credentialsOf } from "../../../gate/count/credentials.ts";
import { Line } from "../../../gate/count/line.ts";
import { Wire } from "../../../gate/count/wire.ts";
import { counter } from "../../../settings/counter.ts";
import { urlPath } from "../../../settings/names.ts";

export type Listening = {
  line: Line;
  /** What has been heard and not yet been asked for. */
  heard: Answer[];
  /** The next answer; the first one that fits, where it has to. */
  next: (fits?: (answer: Answer) => boolean) => Promise<Answer>;
  [Symbol.asyncDispose]: () => Promise<void>;
};

export type LineSettings = {
  path?: string;
  intervalMs?: number;
  answerSeconds?: number;
  /** As in a stack's `nary:counter`. */
  how?: object;
  environment?: NodeJS.ProcessEnv;
};

/** A line to one address, closed with its connections. */
export function lineTo(address: Address, settings: LineSettings = {}): Listening {
  const { intervalMs = 1000, answerSeconds = 5, how = {}, environment = {} } = settings;
  const path = urlPath.parse(settings.path ?? "/api/errorAndRequestCount");
  const parsed = counter.parse(how);
  const credentials = credentialsOf(parsed, environment);
  const wire = new Wire({ path, scheme: parsed.scheme, credentials, answerSeconds });
  const heard: Answer[] = [];
  let wake = () => {};
  const onAnswer = (answer: Answer) => {
    heard.push(answer);
    wake();
  };
  const line = new Line({ wire, address, intervalMs, answerSeconds, onAnswer });
  return {
    line,
    heard,
    next: async (fits = () => true) => {
      for (;;) {
        const answer = heard.shift();
        if (answer !== undefined && fits(answer)) return answer;
        if (answer !== undefined) continue;
        const { promise, resolve } = Promise.withResolvers<undefined>();
        wake = () => {
          resolve(undefined);
        };
        await promise;
      }
    },
    [Symbol.asyncDispose]: async () => {
      line.close();
      await wire.close();
    },
  };
}
