import type { SmokeTest } from "../../settings/smoke.ts";
import { secretOf } from "../clients/secret.ts";
import { reasonOf, UsageError } from "../errors.ts";

/** Shorter words of a secret may stand in any text. */
const leastWord = 6;

/** The headers of a test whose text is found elsewhere. Never to be printed. */
export type SecretHeaders = Readonly<Record<string, string>>;

/**
 * Reads what a test's headers are taken from; files anew each time.
 *
 * @throws UsageError for one that is not there or cannot be used, without a word of what is in it
 */
export function secretHeadersOf(
  { name: test, headersFrom }: Pick<SmokeTest, "name" | "headersFrom">,
  environment: NodeJS.ProcessEnv,
): SecretHeaders {
  return Object.fromEntries(
    Object.entries(headersFrom).map(([name, from]) => {
      try {
        return [name, secretOf(from, environment)];
      } catch (error) {
        const why = `The header ${name} of the smoke test ${test} cannot be sent: ${reasonOf(error)}.`;
        throw new UsageError(why, { cause: error });
      }
    }),
  );
}

/** Says before anything is done that a test could not be sent. */
export function checkSmokeSecrets(tests: readonly SmokeTest[], environment: NodeJS.ProcessEnv): void {
  for (const test of tests) secretHeadersOf(test, environment);
}

/** A text, such as an answer that repeats what it was sent, without the secrets and their words. */
export function hiding(headers: SecretHeaders): (text: string) => string {
  const words = Object.values(headers)
    .flatMap((secret) => [secret, ...secret.split(/[\s,;="]+/).filter(({ length }) => length >= leastWord)])
    .flatMap((word) => [word, JSON.stringify(word).slice(1, -1)])
    // A word within another one would leave the rest of that.
    .sort((one, other) => other.length - one.length);
  return (text) => words.reduce((left, word) => left.replaceAll(word, "***"), text);
}
