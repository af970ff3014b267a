import { setTimeout as sleep } from "node:timers/promises";

/** Asks again and again until there is an answer; undefined when there was none in time. */
export async function until<Answer>(
  ask: () => Promise<Answer | undefined>,
  patienceMs: number,
  pauseMs = 100,
): Promise<Answer | undefined> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined || Date.now() > deadline) return answer;
    await sleep(pauseMs);
  }
}
