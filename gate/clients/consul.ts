import { z } from "zod";
import { Endpoint, type Question } from "./endpoint.ts";
import { keyPath } from "./key-path.ts";
import { Sessions } from "./sessions.ts";

const holdSeconds = 10;

const pairs = z.array(
  z
    .object({
      Key: z.string(),
      Value: z.base64().nullable(),
      CreateIndex: z.number(),
      ModifyIndex: z.number(),
    })
    .transform((pair) => ({
      key: pair.Key,
      value: Buffer.from(pair.Value ?? "", "base64").toString("utf8"),
      created: pair.CreateIndex,
      index: pair.ModifyIndex,
    })),
);

const instances = z.array(
  z
    .object({
      Node: z.object({ Node: z.string(), Address: z.string() }),
      Service: z.object({ ID: z.string(), Address: z.string(), Port: z.number() }),
      Checks: z
        .array(z.object({ Name: z.string(), Status: z.string(), ServiceID: z.string() }))
        .nullable()
        .transform((checks) => checks ?? []),
    })
    .transform((entry) => ({
      id: entry.Service.ID,
      node: entry.Node.Node,
      address: {
        host: entry.Service.Address === "" ? entry.Node.Address : entry.Service.Address,
        port: entry.Service.Port,
      },
      passing: entry.Checks.every((check) => check.Status === "passing"),
      /** Its own, without those of its node. */
      checks: entry.Checks.filter((check) => check.ServiceID !== "").map((check) => ({
        name: check.Name,
        passing: check.Status === "passing",
      })),
    })),
);

const transaction = z.object({
  Errors: z
    .array(z.object({ OpIndex: z.int() }))
    .nullish()
    .transform((errors) => errors ?? []),
});

/** A session, and the key of the lock that it has to hold. */
export type Hold = { key: string; session: string };

export type Address = { host: string; port: number };
/** One instance of a service, as Consul knows it. */
export type Instance = z.infer<typeof instances>[number];
/** A value in Consul, and the index by which a later write tells whether it is still the same. */
export type Pair = z.infer<typeof pairs>[number];

/** What the gate asks of Consul. */
export class Consul {
  readonly #endpoint: Endpoint;
  readonly sessions: Sessions;

  /** @param datacenter - the agent's own unless given */
  constructor(address: URL, token?: string, datacenter?: string) {
    this.#endpoint = new Endpoint(
      "Consul",
      address,
      token,
      datacenter === undefined ? {} : { dc: datacenter },
    );
    this.sessions = new Sessions(this.#endpoint);
  }

  /** @throws UnreachableError unless a server answers that there is a leader */
  async check(signal?: AbortSignal): Promise<void> {
    const question = { path: "/v1/status/leader", signal };
    this.#endpoint.parse(z.string().min(1), question, await this.#endpoint.ask(question));
  }

  async get(key: string, signal?: AbortSignal): Promise<Pair | undefined> {
    const question = { path: keyPath(key), signal };
    const reply = await this.#endpoint.ask(question, [404]);
    return reply.status === 404 ? undefined : this.#endpoint.parse(pairs, question, reply)[0];
  }

  /** Writes, or with an index only if the key still has it (0: if there is no such key); says whether it was written. */
  async put(key: string, value: string, index?: number): Promise<boolean> {
    const question: Question = {
      method: "PUT",
      path: keyPath(key),
      body: value,
      query: index === undefined ? {} : { cas: index },
    };
    return this.#endpoint.parse(z.boolean(), question, await this.#endpoint.ask(question));
  }

  /**
   * Writes only while the session holds its lock, both by one decision of Consul's.
   *
   * @param index - as in `put`
   * @returns "changed" when somebody else has written the key since, "lost" when the lock is not held any more
   */
  async putWhile(
    hold: Hold,
    key: string,
    value: string,
    index?: number,
  ): Promise<"written" | "changed" | "lost"> {
    const write = { Key: key, Value: Buffer.from(value).toString("base64") };
    return await this.#whileHeld(
      hold,
      index === undefined ? { Verb: "set", ...write } : { Verb: "cas", Index: index, ...write },
    );
  }

  /** Deletes only while the session holds its lock. */
  async deleteWhile(hold: Hold, key: string): Promise<"written" | "changed" | "lost"> {
    return await this.#whileHeld(hold, { Verb: "delete", Key: key });
  }

  /** Deletes, or with an index only if the key still has it; says whether it is gone by that. */
  async delete(key: string, index?: number): Promise<boolean> {
    const query = index === undefined ? {} : { cas: index };
    const question: Question = { method: "DELETE", path: keyPath(key), query };
    return this.#endpoint.parse(z.boolean(), question, await this.#endpoint.ask(question));
  }

  /** Names of the keys that start with the prefix, sorted. */
  async keys(prefix: string, signal?: AbortSignal): Promise<string[]> {
    const right = `key:read on ${JSON.stringify(prefix)}`;
    const question = { path: keyPath(prefix), query: { keys: true }, signal, right };
    const reply = await this.#endpoint.ask(question, [404]);
    return reply.status === 404 ? [] : this.#endpoint.parse(z.array(z.string()), question, reply).sort();
  }

  /** The keys that start with the prefix, and what they hold; the one that was made first comes first. */
  async pairs(prefix: string, signal?: AbortSignal): Promise<Pair[]> {
    const right = `key:read on ${JSON.stringify(prefix)}`;
    const question = { path: keyPath(prefix), query: { recurse: true }, signal, right };
    const reply = await this.#endpoint.ask(question, [404]);
    if (reply.status === 404) return [];
    return this.#endpoint
      .parse(pairs, question, reply)
      .sort((one, other) => one.created - other.created || (one.key < other.key ? -1 : 1));
  }

  /** A key, and an index with which the next answer comes when the key has changed, or after a while. */
  async follow(
    key: string,
    index: number,
    signal?: AbortSignal,
  ): Promise<{ index: number; pair: Pair | undefined }> {
    const question = { path: keyPath(key), signal, ...blocking(index) };
    const reply = await this.#endpoint.ask(question, [404]);
    const pair = reply.status === 404 ? undefined : this.#endpoint.parse(pairs, question, reply)[0];
    return { index: Math.max(1, reply.index), pair };
  }

  /** The same of all keys that start with the prefix. */
  async followKeys(
    prefix: string,
    index: number,
    signal?: AbortSignal,
  ): Promise<{ index: number; keys: string[] }> {
    const { query, holdMs } = blocking(index);
    const question = { path: keyPath(prefix), signal, holdMs, query: { ...query, keys: true } };
    const reply = await this.#endpoint.ask(question, [404]);
    const keys = reply.status === 404 ? [] : this.#endpoint.parse(z.array(z.string()), question, reply);
    return { index: Math.max(1, reply.index), keys };
  }

  /** All instances of a service, healthy or not; with an index the answer comes when something has changed. */
  async instances(
    service: string,
    index = 0,
    signal?: AbortSignal,
  ): Promise<{ index: number; instances: Instance[] }> {
    const question: Question = {
      path: `/v1/health/service/${encodeURIComponent(service)}`,
      ...blocking(index),
      signal,
      right: `service:read on ${JSON.stringify(service)}, or node:read on its nodes`,
    };
    const reply = await this.#endpoint.ask(question);
    return { index: reply.index, instances: this.#endpoint.parse(instances, question, reply) };
  }

  async close(): Promise<void> {
    await this.#endpoint.close();
  }

  async #whileHeld(
    hold: Hold,
    write: Record<string, string | number>,
  ): Promise<"written" | "changed" | "lost"> {
    const question: Question = {
      method: "PUT",
      path: "/v1/txn",
      body: JSON.stringify([
        { KV: { Verb: "check-session", Key: hold.key, Session: hold.session } },
        { KV: write },
      ]),
    };
    const reply = await this.#endpoint.ask(question, [409]);
    if (reply.status !== 409) return "written";
    const { Errors } = this.#endpoint.parse(transaction, question, reply);
    return Errors.some(({ OpIndex }) => OpIndex === 0) ? "lost" : "changed";
  }
}

/** With an index, a question that is answered when something has changed. */
function blocking(index: number): { query: Record<string, string | number>; holdMs: number } {
  return index > 0
    ? { query: { index, wait: `${holdSeconds}s` }, holdMs: holdSeconds * 1000 }
    : { query: {}, holdMs: 0 };
}
