import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir, open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { renderHaproxyJob } from "../../../components/haproxy/job.ts";
import { serverEnvironment, temporaryFolder as temporaryIn } from "../../../demo/cluster/environment.ts";
import { getJson } from "../../../demo/cluster/http.ts";
import { isNomadReady, nomadAddress, nomadConfiguration } from "../../../demo/cluster/nomad.ts";
import { claimPorts, type Claim } from "../../../demo/cluster/ports.ts";
import { sweep } from "../../../demo/cluster/sweep.ts";
import { until } from "../../../demo/cluster/until.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { untilServers } from "../../integration/components/haproxy-stats.ts";
import { publishedProject } from "../../integration/components/published.ts";
import { startServer, type WebServer } from "../../integration/components/web-server.ts";
import { nary } from "../../integration/cli/nary.ts";
import { haproxyOf } from "../../unit/components/descriptions.ts";
import { OwnConsul } from "./own-consul.ts";
import { startRequests } from "./requests.ts";

const service = "kept";
/** Consul-template, also the one in Nomad, gives up after these unless it is told otherwise. */
const defaultAttempts = 12;
/** So short that the attempts of an hour are made in a second. */
const quick = `backoff = "5ms"\nmax_backoff = "20ms"`;
const patienceMs = 60_000;

const tasks = z.record(
  z.string(),
  z.object({
    State: z.string(),
    Restarts: z.int(),
    Events: z.array(z.object({ DisplayMessage: z.string() })),
  }),
);
const allocations = z.array(z.object({ TaskStates: tasks.nullable() })).min(1);

describe("an outage of Consul", function () {
  this.timeout(240_000);
  let claim: Claim;
  let folder: string;
  let environment: NodeJS.ProcessEnv;
  let consul: OwnConsul;
  let servers: WebServer[];
  let port: number;
  let statsPort: number;

  const nameOf = (index: number) => `${service}_127.0.0.1_${String(servers[index]?.port)}`;

  beforeEach(async () => {
    claim = await claimPorts();
    [port = 0, statsPort = 0] = claim.ports.fixed;
    folder = join(await temporaryFolder(), "cluster");
    await mkdir(temporaryIn(folder), { recursive: true });
    environment = serverEnvironment(folder, process.env);
    servers = await Promise.all([startServer((_, response) => response.end("ok")), startServer()]);
    consul = new OwnConsul(folder, claim.ports, environment);
    await consul.start();
    await consul.register(service, servers[0]?.port ?? 0);
  });

  afterEach(async () => {
    await consul.kill();
    assert.deepEqual(await sweep(folder), []);
    await Promise.all([...servers.map(({ close }) => close()), claim.release()]);
  });

  /** Starts a program whose output is a file. Resolves to the file's path. */
  async function start(name: string, command: string, args: readonly string[]): Promise<string> {
    const path = join(folder, `${name}.log`);
    const log = await open(path, "a");
    spawn(command, args, { cwd: folder, env: environment, stdio: ["ignore", log.fd, log.fd] });
    await log.close();
    return path;
  }

  /** Starts a Nomad whose templates retry as ours do, or as they do unless told, and HAProxy in it. */
  async function place(retries: "ours" | "the default"): Promise<string> {
    const { ports } = claim;
    const ours = nomadConfiguration({
      ports,
      dataFolder: join(folder, "nomad"),
      consulAddress: consul.address,
      dockerHost: undefined,
    });
    const setting = "consul_retry { attempts = 0 }";
    assert.ok(ours.includes(setting));
    const attempts = retries === "ours" ? "attempts = 0\n" : "";
    await writeFile(
      join(folder, "nomad.hcl"),
      ours.replace(setting, `consul_retry {\n${attempts}${quick}\n}`),
    );
    const log = await start("nomad", "nomad", ["agent", "-dev", `-config=${join(folder, "nomad.hcl")}`]);
    assert.ok(await until(() => isNomadReady(nomadAddress(ports), ["raw_exec"]), patienceMs));
    const Job = renderHaproxyJob(haproxyOf({ service, port, statsPort, cpu: 50, memory: 64 }));
    const response = await fetch(`${nomadAddress(ports)}/v1/jobs`, {
      method: "PUT",
      body: JSON.stringify({ Job }),
    });
    assert.equal(response.status, 200, await response.text());
    await untilServers(statsPort, [nameOf(0)], 30);
    return log;
  }

  async function taskState() {
    const address = `${nomadAddress(claim.ports)}/v1/job/${service}-haproxy/allocations`;
    const [first] = (await getJson(address, allocations)) ?? [];
    return first?.TaskStates?.[`${service}-haproxy-task`];
  }

  /** Waits for more failed attempts in a row than are made by default. */
  async function untilAttempts(log: string): Promise<void> {
    const last = async () =>
      Math.max(
        0,
        ...[...(await readFile(log, "utf8")).matchAll(/retry attempt (\d+) after/g)].map(([, number]) =>
          Number(number),
        ),
      );
    const enough = async () => ((await last()) > 3 * defaultAttempts ? true : undefined);
    assert.ok(await until(enough, patienceMs), `only ${await last()} attempts`);
  }

  /** Takes Consul away and brings it back; HAProxy goes on, and learns what came after that. */
  async function assertSurvives(log: string): Promise<void> {
    const requests = startRequests(`http://127.0.0.1:${port}/`);
    await consul.kill();
    await untilAttempts(log);
    await untilServers(statsPort, [nameOf(0)]);
    await consul.start();
    await consul.register(service, servers[1]?.port ?? 0);
    await untilServers(statsPort, [nameOf(0), nameOf(1)], 60);
    const { answered, failed } = await requests.stop();
    assert.deepEqual(failed, []);
    assert.ok(answered > 100);
  }

  it("takes down no HAProxy of a Nomad that retries for ever", async () => {
    await assertSurvives(await place("ours"));
    const state = await taskState();
    assert.deepEqual([state?.State, state?.Restarts], ["running", 0]);
  });

  it("would take it down where Nomad retries as it does by default", async () => {
    await place("the default");
    await consul.kill();
    const failed = async () => {
      const events = (await taskState())?.Events ?? [];
      return events.find(({ DisplayMessage }) => DisplayMessage.startsWith("Template failed"));
    };
    assert.ok(await until(failed, patienceMs));
  });

  it("takes down no HAProxy that is published", async () => {
    const project = await publishedProject(environment, { service, port, statsPort });
    const out = join(folder, "hosts");
    const ended = await nary(["haproxy-template", "-s", "local-production", "--out", out], {
      cwd: project.folder,
      env: project.environment,
    });
    assert.equal(ended.code, 0, ended.stderr);
    await writeFile(join(out, "quick.hcl"), `consul {\nretry {\n${quick}\n}\n}\n`);
    environment = { ...environment, CONSUL_HTTP_ADDR: consul.address };
    await start("haproxy", "/bin/sh", [join(out, "local", "start.sh")]);
    const files = ["consul-template.hcl", "quick.hcl"].map((name) => `-config=${join(out, name)}`);
    const log = await start("consul-template", "consul-template", files);
    await untilServers(statsPort, [nameOf(0)], 30);
    await assertSurvives(log);
  });
});
