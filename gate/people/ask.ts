import { setTimeout as sleep } from "node:timers/promises";
import { controlRecord, mostRequests, type Request } from "../../settings/control.ts";
import { statusRecord, type Answer, type Status } from "../../settings/status.ts";
import { patiently } from "../clients/patience.ts";
import type { Context } from "../context.ts";
import { ActError } from "../errors.ts";

/** How long a gate may take to answer. */
const answerMs = 10_000;
/** Before a write is tried again that somebody else came before. */
const raceMs = 20;

export type Place = Pick<Context, "consul" | "keys">;
/** What is asked, but for the gate that it is for. */
export type Asked = Omit<Request, "gate" | "at">;

/**
 * Asks the gate that runs for something, and waits for its answer. What it did not answer in time is withdrawn.
 *
 * @throws ActError when no gate runs, or it does not answer
 */
export async function ask(place: Place, asked: Asked, signal: AbortSignal): Promise<Answer> {
  const late = AbortSignal.timeout(answerMs);
  const until = AbortSignal.any([signal, late]);
  const status = await runningGate(place, until).catch((error: unknown) => {
    if (!late.aborted) throw error;
    throw new ActError("The gate that runs does not tell how it stands.", { cause: error });
  });
  const request: Request = { ...asked, gate: status.gate, at: new Date().toISOString() };
  await send(place, request, until);
  try {
    const answer = await answerTo(place, request, until).catch((error: unknown) => {
      if (!late.aborted) throw error;
      return undefined;
    });
    if (answer !== undefined) return answer;
  } catch (error) {
    await withdraw(place, request);
    throw error;
  }
  await withdraw(place, request);
  // It may have been heard just before.
  const answer = answerIn(await readStatus(place), request);
  if (answer !== undefined) return answer;
  throw new ActError(
    `The gate of ${status.by} does not answer: \`nary ${status.command}\`, since ${status.since}. The request was withdrawn.`,
  );
}

/** Writes a request beside those of others. */
export async function send(place: Place, request: Request, signal?: AbortSignal): Promise<void> {
  await change(
    place,
    (requests) => [
      ...requests
        .filter(({ gate, id }) => gate === request.gate && id !== request.id)
        .slice(1 - mostRequests),
      request,
    ],
    signal,
  );
}

async function withdraw(place: Place, { id }: Request): Promise<void> {
  await change(place, (requests) => requests.filter((request) => request.id !== id));
}

async function change(
  { consul, keys }: Place,
  to: (requests: readonly Request[]) => Request[],
  signal?: AbortSignal,
): Promise<void> {
  for (;;) {
    const pair = await patiently(() => consul.get(keys.control, signal), { signal, seconds: 5 });
    const before = pair === undefined ? [] : controlRecord.decode(keys.control, pair.value).requests;
    const text = controlRecord.encode({ version: 1, requests: to(before) });
    if (pair?.value === text) return;
    if (await patiently(() => consul.put(keys.control, text, pair?.index ?? 0), { signal, seconds: 5 }))
      return;
    await sleep(raceMs * (0.5 + Math.random()), undefined, { signal });
  }
}

/** The status of the gate that holds the lock; one that has just begun tells it in a moment. */
async function runningGate({ consul, keys }: Place, signal: AbortSignal): Promise<Status> {
  for (let index = 0; ;) {
    const { pair, index: next } = await consul.follow(keys.status, index, signal);
    const lock = await consul.sessions.holder(keys.lock, signal);
    if (lock?.session === undefined) throw new ActError("No gate runs, so there is nobody to ask.");
    const status = pair === undefined ? undefined : statusRecord.decode(keys.status, pair.value);
    // One that was killed has left its own.
    if (status?.session === lock.session) return status;
    index = next < index ? 0 : next;
  }
}

/** @throws ActError when the gate has ended before it answered */
async function answerTo({ consul, keys }: Place, request: Request, signal: AbortSignal): Promise<Answer> {
  for (let index = 0; ;) {
    const { pair, index: next } = await patiently(() => consul.follow(keys.status, index, signal), {
      signal,
    });
    const status = pair === undefined ? undefined : statusRecord.decode(keys.status, pair.value);
    const answer = answerIn(status, request);
    if (answer !== undefined) return answer;
    if (status?.gate !== request.gate) throw new ActError("The gate ended before it answered.");
    index = next < index ? 0 : next;
  }
}

async function readStatus({ consul, keys }: Place): Promise<Status | undefined> {
  const pair = await patiently(() => consul.get(keys.status), { seconds: 5 });
  return pair === undefined ? undefined : statusRecord.decode(keys.status, pair.value);
}

function answerIn(status: Status | undefined, { id }: Request): Answer | undefined {
  return status?.heard.find((answer) => answer.id === id);
}
