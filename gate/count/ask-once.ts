import type { Address } from "../clients/consul.ts";
import type { Answer } from "./answer.ts";
import { Question } from "./question.ts";
import type { Wire } from "./wire.ts";

/** Asks one instance for its counts, once; within its time there is always an answer of some kind. */
export async function askOnce(wire: Wire, address: Address, answerSeconds: number): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const question = new Question("counts", answerSeconds, (heard) => {
    if (heard.type === "answer") resolve(heard.answer);
  });
  wire.ask(address, question);
  return await promise;
}
