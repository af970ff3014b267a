import { z } from "zod";
import type { Endpoint, Question } from "./endpoint.ts";
import { keyPath } from "./key-path.ts";

const created = z.object({ ID: z.string() }).transform(({ ID }) => ID);
const lockPair = z.array(
  z
    .object({ Value: z.base64().nullable(), Session: z.string().optional(), ModifyIndex: z.number() })
    .transform((pair) => ({
      value: Buffer.from(pair.Value ?? "", "base64").toString("utf8"),
      session: pair.Session,
      index: pair.ModifyIndex,
    })),
);
const refusals = z.object({ Errors: z.array(z.object({ OpIndex: z.int() })) });

/** What a lock's key says, and the session that holds it; nobody does where there is none. */
export type Locked = { value: string; session: string | undefined; index: number };

/** Sessions of Consul, and the locks that they hold. */
export class Sessions {
  readonly #endpoint: Endpoint;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  /**
   * A session that ends when it is not renewed, whatever becomes of the agent's node.
   *
   * @param ttlSeconds - Consul wants at least 10, and ends the session after at most twice as long
   * @param delaySeconds - for which nobody gets a lock whose session ended without giving it back
   */
  async create(name: string, ttlSeconds: number, delaySeconds: number): Promise<string> {
    const question = {
      method: "PUT",
      path: "/v1/session/create",
      right: "session:write",
      body: JSON.stringify({
        Name: name,
        TTL: `${ttlSeconds}s`,
        LockDelay: `${delaySeconds}s`,
        Behavior: "release",
        NodeChecks: [],
      }),
    } satisfies Question;
    return this.#endpoint.parse(created, question, await this.#endpoint.ask(question));
  }

  /** @throws AnswerError when the session is no more */
  async renew(session: string, signal?: AbortSignal): Promise<void> {
    const path = `/v1/session/renew/${encodeURIComponent(session)}`;
    await this.#endpoint.ask({ method: "PUT", path, signal });
  }

  async destroy(session: string): Promise<void> {
    await this.#endpoint.ask({
      method: "PUT",
      path: `/v1/session/destroy/${encodeURIComponent(session)}`,
    });
  }

  /** Says whether the session has the lock now. */
  async acquire(key: string, value: string, session: string): Promise<boolean> {
    return await this.#put({ method: "PUT", path: keyPath(key), body: value, query: { acquire: session } });
  }

  /**
   * Takes a lock that nobody holds, unless its key was written since it was read.
   *
   * @returns "delayed" while Consul gives it to nobody
   */
  async acquireUnchanged(key: string, { value, index }: Locked, session: string) {
    const lock = { Verb: "lock", Key: key, Value: Buffer.from(value).toString("base64"), Session: session };
    const question = {
      method: "PUT",
      path: "/v1/txn",
      body: JSON.stringify([{ KV: { Verb: "check-index", Key: key, Index: index } }, { KV: lock }]),
    } satisfies Question;
    const reply = await this.#endpoint.ask(question, [409]);
    if (reply.status !== 409) return "held";
    const { Errors } = this.#endpoint.parse(refusals, question, reply);
    return Errors.some(({ OpIndex }) => OpIndex === 0) ? "changed" : "delayed";
  }

  /** Gives a lock back, so that the next one need not wait for the delay. */
  async release(key: string, value: string, session: string): Promise<boolean> {
    return await this.#put({ method: "PUT", path: keyPath(key), body: value, query: { release: session } });
  }

  /** Who holds a lock, by the leader's own word. */
  async holder(key: string, signal?: AbortSignal): Promise<Locked | undefined> {
    const question = { path: keyPath(key), query: { consistent: true }, signal };
    const reply = await this.#endpoint.ask(question, [404]);
    return reply.status === 404 ? undefined : this.#endpoint.parse(lockPair, question, reply)[0];
  }

  async #put(question: Question): Promise<boolean> {
    return this.#endpoint.parse(z.boolean(), question, await this.#endpoint.ask(question));
  }
}
