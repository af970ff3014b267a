import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { deleteKeys } from "../integration/components/consul.ts";
import { purge } from "../integration/components/nomad.ts";
import { configure, jobsNamed, newProject, type Project } from "../integration/stack/project.ts";
import { sharedCluster } from "../support/cluster.ts";
import { startProgram, type Program } from "../support/program.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { startProxy, type Fate, type Proxy, type Seen } from "../support/proxy.ts";

const nary = join(import.meta.dirname, "../../cli/main.ts");

/** Counts, fails every tenth request in releases called bad, and ends at once in production in those called half. */
const counting = `
const { NARY_RELEASE, NARY_ROLE, PORT, HOST } = process.env;
let requestCount = 0, errorCount = 0;
if (NARY_RELEASE.startsWith("half") && NARY_ROLE === "production") process.exit(1);
require("http").createServer(({ url }, response) => {
  if (url === "/status") return response.end();
  if (url === "/api/errorAndRequestCount") return response.end(JSON.stringify({ errorCount, requestCount }));
  requestCount += 1;
  const fails = NARY_RELEASE.startsWith("bad") && requestCount % 10 === 0;
  if (fails) errorCount += 1;
  response.writeHead(fails ? 500 : 200).end();
}).listen(PORT, HOST);`.replaceAll(/\s+/g, " ");

const instances = z.array(z.object({ Service: z.object({ Port: z.number() }) }));

const state = z.object({
  checkpoint: z.object({
    latest: z.object({ pending_operations: z.array(z.unknown()).nullish() }).nullish(),
  }),
});

/** A service of its own, whose gates reach Consul and Nomad through proxies. Whoever opens it closes it. */
export class Lane {
  readonly service: string;
  readonly canary: string;
  readonly #environment: string;
  readonly #consul: string;
  readonly #nomad: string;
  readonly #project: Project;
  readonly #proxies: readonly Proxy[];
  readonly #folder: string;
  readonly #over = new AbortController();
  readonly #clients: Promise<void>;
  #decide: (seen: Seen) => Fate = () => "goes on";
  #onCut: (seen: Seen, fate: Fate) => void = () => undefined;

  private constructor(
    number: number,
    cluster: { consulAddress: string; nomadAddress: string },
    project: Project,
    folder: string,
    proxies: (lane: () => Lane) => Proxy[],
  ) {
    this.service = `killed${number}`;
    this.#environment = `kill${number}`;
    this.canary = `${this.#environment}-canary`;
    this.#consul = cluster.consulAddress;
    this.#nomad = cluster.nomadAddress;
    this.#project = project;
    this.#folder = folder;
    this.#proxies = proxies(() => this);
    this.#clients = this.#send();
  }

  /** With its first release in production. */
  static async open(number: number): Promise<Lane> {
    const cluster = await sharedCluster();
    const folder = await temporaryFolder();
    const [canary, production] = [`kill${number}-canary`, `kill${number}-production`];
    const project = await newProject([canary, production], { TMPDIR: folder });
    const made: { lane?: Lane } = {};
    const decide = (seen: Seen) => made.lane?.decided(seen) ?? "goes on";
    const onCut = (seen: Seen, fate: Fate) => made.lane?.cut(seen, fate);
    const proxies = [
      await startProxy("consul", cluster.consulAddress, decide, onCut),
      await startProxy("nomad", cluster.nomadAddress, decide, onCut),
    ];
    const lane = new Lane(number, cluster, project, folder, () => proxies);
    made.lane = lane;
    await lane.#configure(canary, production);
    const { exitCode, stdout, stderr } = await lane.release("first", "--first").ended;
    if (exitCode !== 0) throw new Error(`The first release ended with ${exitCode}: ${stdout}${stderr}`);
    return lane;
  }

  /** Who decides on each request of the gates that run from now on, and who hears of those that were cut. */
  watch(decide: (seen: Seen) => Fate, onCut: (seen: Seen, fate: Fate) => void = () => undefined): void {
    this.#decide = decide;
    this.#onCut = onCut;
  }

  decided(seen: Seen): Fate {
    return this.#decide(seen);
  }

  cut(seen: Seen, fate: Fate): void {
    this.#onCut(seen, fate);
  }

  release(what: string, ...options: string[]): Program {
    return this.#start(["release", what, "-s", this.canary, ...options]);
  }

  /** As if on another machine, by a name of its own. */
  releaseElsewhere(what: string): Program {
    return this.#start(["release", what, "-s", this.canary, "--take-over"], "elsewhere.example");
  }

  #start(args: readonly string[], host?: string): Program {
    const { folder, env } = this.#project;
    const [consul, nomad] = this.#proxies;
    const options = {
      cwd: folder,
      env: { ...env, CONSUL_HTTP_ADDR: consul?.address, NOMAD_ADDR: nomad?.address, NEW_HOST: host },
    };
    return host === undefined
      ? startProgram(process.execPath, [nary, ...args], options)
      : startProgram(
          "unshare",
          ["--uts", "sh", "-c", 'hostname "$NEW_HOST" && exec "$@"', "sh", process.execPath, nary, ...args],
          options,
        );
  }

  /** What is not as it is to be after the end of a release, in words; nothing when all is well. */
  async left(promoted: string): Promise<string[]> {
    const run = `nary/${this.#environment}/${this.service}/run`;
    const found: string[] = [];
    const record = await this.#value(`${run}/promoted`);
    if (!record?.includes(`"release":"${promoted}"`)) found.push(`promoted is ${record ?? "missing"}`);
    const traffic = await this.#value(`${run}/traffic`);
    if (traffic !== "off") found.push(`traffic is ${traffic ?? "missing"}`);
    for (const key of ["journal", "lock"]) {
      const value = await this.#value(`${run}/${key}`);
      if (value !== undefined) found.push(`the ${key} says ${value}`);
    }
    const declared = await this.#keys(`nary/${this.#environment}/${this.service}/declared/canary/`);
    found.push(...declared.map((key) => `the key ${key}`));
    const jobs = await jobsNamed(this.service);
    if (jobs.join() !== this.service) found.push(`the jobs ${jobs.join(", ")}`);
    const meta = await this.#releaseOfProduction();
    if (meta !== promoted) found.push(`production runs ${meta ?? "nothing"}`);
    const stacks = [this.canary, `${this.#environment}-production`];
    for (const stack of stacks) found.push(...(await this.#pending(stack)));
    found.push(...(await this.#locks()));
    found.push(...(await this.#folders()).map((name) => `the folder ${name}`));
    return found;
  }

  async clearFolders(): Promise<void> {
    for (const name of await this.#folders()) await rm(join(this.#folder, name), { recursive: true });
  }

  async #folders(): Promise<string[]> {
    return (await readdir(this.#folder)).filter((name) => name.startsWith("nary-"));
  }

  async close(): Promise<void> {
    this.#over.abort();
    await this.#clients;
    await Promise.all(this.#proxies.map((proxy) => proxy.close()));
    for (const name of await jobsNamed(this.service)) await purge(name);
    await deleteKeys(`nary/${this.#environment}/`);
    await deleteKeys(`nary/_services/${this.service}/`);
  }

  async #configure(canary: string, production: string): Promise<void> {
    const common = {
      service: this.service,
      cpu: "20",
      memory: "64",
      shutdownDelaySeconds: "0",
      killTimeoutSeconds: "1",
      "task.driver": "raw_exec",
      "task.command": process.execPath,
      "task.args[0]": "-e",
      "task.args[1]": counting,
    };
    await configure(this.#project, canary, {
      ...common,
      role: "canary",
      count: "1",
      "policy.type": "zero-errors",
      "policy.requests": "50",
      "gate.intervalSeconds": "0.2",
    });
    await configure(this.#project, production, {
      ...common,
      role: "production",
      count: "2",
      "update.maxParallel": "2",
      "update.minHealthySeconds": "0.5",
      "update.healthySeconds": "60",
      "restart.attempts": "0",
      "reschedule.type": "never",
    });
  }

  /** Clients of the canaries, wherever they are. */
  async #send(): Promise<void> {
    const { signal } = this.#over;
    while (!signal.aborted) {
      const response = await fetch(`${this.#consul}/v1/health/service/${this.service}-canary`).catch(
        () => undefined,
      );
      const found = response?.ok === true ? instances.parse(await response.json()) : [];
      for (const { Service: service } of found) {
        for (let sent = 0; sent < 10; sent++) {
          const answer = await fetch(`http://127.0.0.1:${service.Port}/`).catch(() => undefined);
          await answer?.body?.cancel();
        }
      }
      await sleep(100, undefined, { signal }).catch(() => undefined);
    }
  }

  async #value(key: string): Promise<string | undefined> {
    const response = await fetch(`${this.#consul}/v1/kv/${key}?raw`);
    const text = await response.text();
    return response.status === 404 ? undefined : text;
  }

  async #keys(prefix: string): Promise<string[]> {
    const response = await fetch(`${this.#consul}/v1/kv/${prefix}?keys`);
    const text = await response.text();
    return response.status === 404 ? [] : z.array(z.string()).parse(JSON.parse(text));
  }

  async #releaseOfProduction(): Promise<string | undefined> {
    const response = await fetch(`${this.#nomad}/v1/job/${this.service}`);
    const job = z.object({ Meta: z.record(z.string(), z.string()) }).safeParse(await response.json());
    return job.data?.Meta["nary_release"];
  }

  /** Read from the backend's file: Pulumi itself takes most of a second to tell, twice before and after each kill. */
  async #pending(stack: string): Promise<string[]> {
    const file = join(this.#project.folder, "state", ".pulumi", "stacks", "nary", `${stack}.json`);
    const { checkpoint } = state.parse(JSON.parse(await readFile(file, "utf8")));
    const operations = checkpoint.latest?.pending_operations ?? [];
    return operations.map((operation) => `${stack} has pending ${JSON.stringify(operation)}`);
  }

  async #locks(): Promise<string[]> {
    const folder = join(this.#project.folder, "state", ".pulumi", "locks");
    const files = await readdir(folder, { recursive: true }).catch(() => []);
    const locks = await Promise.all(
      files
        .filter((name) => name.endsWith(".json"))
        .map(async (name) => {
          // A Pulumi that goes on without its gate may end in this moment.
          const said = await readFile(join(folder, name), "utf8").catch(() => undefined);
          return said === undefined ? [] : [`the lock ${name} ${said}`];
        }),
    );
    return locks.flat();
  }
}
