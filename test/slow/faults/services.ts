import assert from "node:assert/strict";
import { until } from "../../../demo/cluster/until.ts";
import { configure, newProject, type Project } from "../../integration/stack/project.ts";
import type { Ended, Program } from "../../support/program.ts";
import { configurePair, recordsOf, startClients, startNary, type Clients } from "../stack/releases.ts";
import type { Place } from "./own-cluster.ts";

/** Whose first release is `first`, for a service and for the environment that it is released in. */
export type Wanted = {
  name: string;
  ofCanary?: Record<string, string>;
  ofProduction?: Record<string, string>;
  ofBoth?: Record<string, string>;
};

export type Service = {
  name: string;
  canary: string;
  production: string;
  project: Project;
  url: string;
  statsPort: number;
  /** Starts a release, with the environment's variables beside the project's. */
  release: (release: string, environment?: NodeJS.ProcessEnv, ...args: string[]) => Program;
  nary: (...args: string[]) => Program;
  clients: (pauseMs?: number) => Clients;
  records: () => ReturnType<typeof recordsOf>;
};

/** Services in one project, each with its first release in production behind a HAProxy of its own. */
export async function firstReleases(place: Place, all: readonly Wanted[]): Promise<Service[]> {
  const stacks = all.flatMap(({ name }) => [`${name}-canary`, `${name}-production`]);
  const project = await newProject(stacks, place.elsewhere);
  const services: Service[] = [];
  for (const { name, ofCanary = {}, ofProduction = {}, ofBoth = {} } of all) {
    const [port, statsPort] = [place.fixedPort(), place.fixedPort()];
    const places = {
      "haproxy.port": String(port),
      "haproxy.statsPort": String(statsPort),
      "haproxy.cpu": "20",
      "update.maxParallel": "1",
    };
    await configurePair(project, name, name, { ...places, ...ofProduction }, ofBoth);
    await configure(project, `${name}-canary`, ofCanary);
    services.push(serviceOf(place, project, name, `http://127.0.0.1:${port}/`, statsPort));
  }
  const first = await Promise.all(services.map(({ nary }) => nary("release", "first", "--first").ended));
  first.forEach((ended) => {
    assertEnded(ended, 0);
  });
  await Promise.all(services.map(({ url }) => assertAnswers(url)));
  return services;
}

function serviceOf(
  { consulAddress }: Place,
  project: Project,
  name: string,
  url: string,
  statsPort: number,
): Service {
  const canary = `${name}-canary`;
  const nary = (environment: NodeJS.ProcessEnv, ...args: string[]) =>
    startNary({ ...project, env: { ...project.env, ...environment } }, ...args, "-s", canary);
  return {
    name,
    canary,
    production: `${name}-production`,
    project,
    url,
    statsPort,
    release: (release, environment = {}, ...args) => nary(environment, "release", release, ...args),
    nary: (...args) => nary({}, ...args),
    clients: (pauseMs) => startClients(url, pauseMs),
    records: () => recordsOf(consulAddress, name, name),
  };
}

/** Settings of a canary that gets no verdict before it has had so many requests. */
export const requests = (count: number) => ({ "policy.requests": String(count) });

export const trafficOn = /traffic to the canaries is on/;

export function assertEnded({ exitCode, stdout, stderr }: Ended, expected: number): void {
  assert.equal(exitCode, expected, stdout + stderr);
}

async function assertAnswers(url: string): Promise<void> {
  const answers = async () => {
    const response = await fetch(url).catch(() => undefined);
    await response?.body?.cancel();
    return response?.ok === true ? true : undefined;
  };
  assert.ok(await until(answers, 120_000), `${url} does not answer`);
}

/** Asks as fast as it can, beside the clients that are there, until the program has ended. */
export async function hurry({ clients }: Service, program: Program): Promise<Ended> {
  const many = Array.from({ length: 6 }, () => clients(0));
  const ended = await program.ended;
  const failed = (await Promise.all(many.map(({ stop }) => stop()))).flat();
  assert.deepEqual(failed, [], ended.stdout);
  return ended;
}
