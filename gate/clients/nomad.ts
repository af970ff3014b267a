import { z } from "zod";
import type { NomadNamespace } from "../../settings/placement.ts";
import { Endpoint, type Question } from "./endpoint.ts";
import type { Address } from "./consul.ts";
import {
  allocatedPorts,
  allocations,
  deployments,
  evaluations,
  job,
  jobStubs,
  plan,
  type Allocation,
  type Deployment,
} from "./nomad-answers.ts";
import type { Evaluation, Job, PlacementFailure } from "./nomad-answers.ts";

const usualHoldSeconds = 10;

const right = { read: "read-job", list: "list-jobs", submit: "submit-job", logs: "read-logs" } as const;

export type LogName = "stdout" | "stderr";

/** What the gate asks of Nomad, of jobs in one namespace. */
export class Nomad {
  readonly #endpoint: Endpoint;
  readonly #query: { namespace: string };

  /** @param where - the namespace `default` and the region of who answers, unless given */
  constructor(
    address: URL,
    token?: string,
    { namespace, region }: { namespace?: NomadNamespace; region?: string | undefined } = {},
  ) {
    this.#endpoint = new Endpoint("Nomad", address, token, region === undefined ? {} : { region });
    this.#query = { namespace: namespace ?? "default" };
  }

  /** @throws UnreachableError unless a server answers that there is a leader */
  async check(signal?: AbortSignal): Promise<void> {
    const question = { path: "/v1/status/leader", signal };
    this.#endpoint.parse(z.string().min(1), question, await this.#endpoint.ask(question));
  }

  async job(id: string, signal?: AbortSignal): Promise<Job | undefined> {
    const question = { path: jobPath(id), query: this.#query, signal, right: right.read };
    const reply = await this.#endpoint.ask(question, [404]);
    return reply.status === 404 ? undefined : this.#endpoint.parse(job, question, reply);
  }

  /** A job as Nomad has it, with all its fields. */
  async registeredJob(id: string, signal?: AbortSignal): Promise<unknown> {
    const question = { path: jobPath(id), query: this.#query, signal, right: right.read };
    const reply = await this.#endpoint.ask(question, [404]);
    return reply.status === 404 ? undefined : this.#endpoint.parse(z.unknown(), question, reply);
  }

  /** Names of the jobs whose meta holds all of these. */
  async jobsWith(meta: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<string[]> {
    const question = { path: "/v1/jobs", query: { ...this.#query, meta: true }, signal, right: right.list };
    const stubs = this.#endpoint.parse(jobStubs, question, await this.#endpoint.ask(question));
    return stubs
      .filter((stub) => Object.entries(meta).every(([key, value]) => stub.meta[key] === value))
      .map((stub) => stub.id);
  }

  /** A job's allocations; with an index the answer comes when something has changed, or after so many seconds. */
  async allocations(
    id: string,
    index = 0,
    signal?: AbortSignal,
    holdSeconds = usualHoldSeconds,
  ): Promise<{ index: number; allocations: Allocation[] }> {
    const blocking = index > 0;
    const question: Question = {
      path: `${jobPath(id)}/allocations`,
      query: { ...this.#query, ...(blocking ? { index, wait: `${holdSeconds}s` } : {}) },
      holdMs: blocking ? holdSeconds * 1000 : 0,
      signal,
      right: right.read,
    };
    const reply = await this.#endpoint.ask(question);
    return { index: reply.index, allocations: this.#endpoint.parse(allocations, question, reply) };
  }

  /** Where the allocations of a job have the port with this label, by their ids. */
  async portsOf(id: string, label: string, signal?: AbortSignal): Promise<Map<string, Address>> {
    const filter = `JobID == ${JSON.stringify(id)}`;
    const question: Question = {
      path: "/v1/allocations",
      query: { ...this.#query, resources: true, filter },
      signal,
      right: right.read,
    };
    const reply = await this.#endpoint.ask(question);
    return new Map(
      this.#endpoint
        .parse(allocatedPorts, question, reply)
        .flatMap((allocation) =>
          allocation.ports
            .filter((port) => port.label === label)
            .map(({ address }) => [allocation.id, address] as const),
        ),
    );
  }

  async deployments(id: string, signal?: AbortSignal): Promise<Deployment[]> {
    const question = { path: `${jobPath(id)}/deployments`, query: this.#query, signal, right: right.read };
    return this.#endpoint.parse(deployments, question, await this.#endpoint.ask(question));
  }

  async evaluations(id: string, signal?: AbortSignal): Promise<Evaluation[]> {
    const question = { path: `${jobPath(id)}/evaluations`, query: this.#query, signal, right: right.read };
    return this.#endpoint.parse(evaluations, question, await this.#endpoint.ask(question));
  }

  /** What could not be placed if this job were registered; changes nothing. */
  async planned(id: string, job: unknown, signal?: AbortSignal): Promise<PlacementFailure[]> {
    const question = {
      method: "POST",
      path: `${jobPath(id)}/plan`,
      query: this.#query,
      body: JSON.stringify({ Job: job, Diff: false }),
      signal,
      right: right.submit,
    } as const;
    return this.#endpoint.parse(plan, question, await this.#endpoint.ask(question));
  }

  /** The last bytes of what a task has written; undefined where it has written nothing yet, or its files are gone. */
  async logEnd(
    allocation: string,
    task: string,
    name: LogName,
    bytes: number,
    signal?: AbortSignal,
  ): Promise<string | undefined> {
    const path = `/v1/client/fs/logs/${encodeURIComponent(allocation)}`;
    const end = { task, type: name, origin: "end", offset: bytes, plain: true, follow: false };
    const query = { ...this.#query, ...end };
    const reply = await this.#endpoint.ask({ path, query, signal, right: right.logs }, [404]);
    return reply.status === 404 ? undefined : reply.text;
  }

  /** Lets a roll-out go no further until a newer version of the job begins its own, or somebody resumes it. */
  async pause(deployment: string): Promise<void> {
    await this.#endpoint.ask({
      method: "PUT",
      path: `/v1/deployment/pause/${encodeURIComponent(deployment)}`,
      query: this.#query,
      body: JSON.stringify({ DeploymentID: deployment, Pause: true }),
      right: right.submit,
    });
  }

  /** Stops a job, of which Nomad goes on to tell. */
  async stop(id: string): Promise<void> {
    const query = this.#query;
    await this.#endpoint.ask({ method: "DELETE", path: jobPath(id), query, right: right.submit }, [404]);
  }

  /** Stops a job and removes it, its history too. Nomad then no longer knows its allocations, also those that still run. */
  async purge(id: string): Promise<void> {
    const query = { ...this.#query, purge: true };
    await this.#endpoint.ask({ method: "DELETE", path: jobPath(id), query, right: right.submit }, [404]);
  }

  async close(): Promise<void> {
    await this.#endpoint.close();
  }
}

function jobPath(id: string): string {
  return `/v1/job/${encodeURIComponent(id)}`;
}
