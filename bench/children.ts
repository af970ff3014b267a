import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { z } from "zod";
import { DemoError } from "../demo/errors.ts";
import { end } from "./blast-radius/service.ts";

/** Starts a program, gives it what it wants to know, and resolves to the first thing that it says. */
export type Ask = <Schema extends z.ZodType>(
  program: string,
  question: object,
  schema: Schema,
) => Promise<z.output<Schema>>;

/** Programs that go on until the work is done, and are then ended in any case. */
export async function withChildren<Result>(
  signal: AbortSignal,
  work: (ask: Ask) => Promise<Result>,
): Promise<Result> {
  const children: ChildProcess[] = [];
  const ask: Ask = async (program, question, schema) => {
    signal.throwIfAborted();
    const child = fork(program, [], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    children.push(child);
    return await asked(child, question, schema, signal);
  };
  try {
    return await work(ask);
  } finally {
    await Promise.all(children.map((child) => end(child, "SIGKILL")));
  }
}

/** Tells a program something, and resolves to the next thing that it says. */
export async function asked<Schema extends z.ZodType>(
  child: ChildProcess,
  question: object,
  schema: Schema,
  signal: AbortSignal,
): Promise<z.output<Schema>> {
  const over = new AbortController();
  const either = { signal: AbortSignal.any([signal, over.signal]) };
  try {
    const gone = once(child, "exit", either).then(() => {
      throw new DemoError("step", "A program of the bench ended without an answer.");
    });
    const answer = once(child, "message", either);
    child.send(question);
    return schema.parse((await Promise.race([answer, gone]))[0]);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    over.abort();
  }
}
