import assert from "node:assert/strict";
import { once } from "node:events";
import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { renderConfiguration } from "../../../components/haproxy/configuration.ts";
import { page } from "../../../components/haproxy/page.ts";
import { files, reloadScript, startScript } from "../../../components/haproxy/scripts.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { runProgram } from "../../support/program.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { haproxyOf } from "../../unit/components/descriptions.ts";
import { serversOf, untilServers } from "./haproxy-stats.ts";
import { closedPort, startServer, type WebServer } from "./web-server.ts";

describe("HAProxy's scripts", function () {
  this.timeout(20_000);
  let folder: string;
  let environment: NodeJS.ProcessEnv;
  let haproxy: ChildProcess;
  let servers: WebServer[];
  let port: number;
  let statsPort: number;

  const write = (name: string, text: string) => writeFile(join(folder, name), text);
  const stable = (index: number) => `api_127.0.0.1_${String(servers[index]?.port)}`;
  const lineOf = (name: string) => `  server ${name} ${name.split("_").slice(1).join(":")}`;

  /** What the template would be rendered to. */
  function configurationOf(names: readonly string[]): string {
    const text = renderConfiguration(haproxyOf({ port, statsPort }));
    const [head = "", ...rest] = text.split(/^\{\{.*\n(?:.*\n)*?(?=\nfrontend stats)/m);
    return [head, ...names.map((name) => `${lineOf(name)}\n`), ...rest].join("");
  }

  async function start(names: readonly string[]): Promise<void> {
    await write(files.rendered, configurationOf(names));
    run();
  }

  function run(): void {
    const log = openSync(join(folder, "log"), "a");
    const stdio = ["ignore", "ignore", log] as const;
    haproxy = spawn("/bin/sh", [join(folder, files.start)], { env: environment, stdio: [...stdio] });
    closeSync(log);
  }

  async function end(): Promise<void> {
    const ended = once(haproxy, "exit");
    haproxy.kill("SIGTERM");
    await ended;
  }

  /** What Nomad does when the template has changed. Resolves to what the log then has of it. */
  async function render(text: string): Promise<string> {
    const log = () => readFile(join(folder, "log"), "utf8").catch(() => "");
    const before = await log();
    await write(files.rendered, text);
    const { exitCode, stderr } = await runProgram("/bin/sh", [join(folder, "reload.sh")], {
      env: environment,
    });
    assert.equal(exitCode, 0, stderr);
    const said = (await log()).slice(before.length).split("\n");
    return said.filter((line) => line.startsWith("nary:")).join("\n");
  }

  before(async () => {
    const cluster = await sharedCluster();
    [port, statsPort] = [cluster.fixedPort(), cluster.fixedPort()];
    environment = { ...cluster.environment, HAPROXY: "haproxy" };
    servers = await Promise.all([startServer(), startServer(), startServer()]);
  });

  beforeEach(async () => {
    folder = await temporaryFolder();
    await Promise.all([write("start.sh", startScript), write("reload.sh", reloadScript), write(page, "")]);
  });

  afterEach(end);

  after(() => Promise.all(servers.map(({ close }) => close())));

  it("put a new configuration into the running HAProxy", async () => {
    await start([stable(0)]);
    await untilServers(statsPort, [stable(0)]);
    assert.equal(await render(configurationOf([stable(0), stable(1)])), "");
    await untilServers(statsPort, [stable(0), stable(1)]);
    assert.equal(haproxy.exitCode, null, "it is still the same process");
  });

  it("miss no change that comes while HAProxy reloads", async () => {
    const usual = environment;
    const slow = join(folder, "slow-haproxy");
    // HAProxy starts itself anew by the name that it was started by.
    await writeFile(
      slow,
      `#!/bin/bash\n[ "$1" = -c ] || sleep 0.5\nexec -a "$0" ${usual["HAPROXY"] ?? ""} "$@"\n`,
      { mode: 0o755 },
    );
    environment = { ...usual, HAPROXY: slow };
    try {
      await start([stable(0)]);
      await untilServers(statsPort, [stable(0)]);
      await render(configurationOf([stable(0), stable(1)]));
      await render(configurationOf([stable(1), stable(2)]));
      await untilServers(statsPort, [stable(1), stable(2)]);
      // One that is ended while it starts itself anew leaves its worker.
      const status = `/proc/${String(haproxy.pid)}/status`;
      while (!/^SigCgt:.*[89a-f]..$/m.test(await readFile(status, "utf8"))) await sleep(50);
    } finally {
      environment = usual;
    }
  });

  it("keep the running configuration when HAProxy does not accept the new one", async () => {
    await start([stable(0)]);
    await untilServers(statsPort, [stable(0)]);
    assert.match(
      await render(`${configurationOf([stable(1)])}\nnonsense\n`),
      /kept the running configuration: .* accept/,
    );
    assert.match(await render(""), /kept the running configuration/);
    assert.deepEqual(Object.keys((await serversOf(statsPort)) ?? {}), [stable(0)]);
    assert.equal(await fetch(`http://127.0.0.1:${port}/`).then(({ status }) => status), 200);
    await render(configurationOf([stable(2)]));
    await untilServers(statsPort, [stable(2)]);
  });

  it("never put an empty list of stable servers over a full one", async () => {
    const canary = stable(1).replace("api", "canary");
    await start([]);
    await untilServers(statsPort, []);
    await render(configurationOf([stable(0)]));
    await untilServers(statsPort, [stable(0)]);
    assert.match(await render(configurationOf([])), /no stable server/);
    assert.match(await render(configurationOf([canary])), /no stable server/);
    assert.deepEqual(Object.keys((await serversOf(statsPort)) ?? {}), [stable(0)]);
    await render(configurationOf([stable(2), canary]));
    await untilServers(statsPort, [stable(2), canary]);
  });

  it("start with the configuration that ran before when HAProxy does not accept the new one", async () => {
    await start([stable(0)]);
    await untilServers(statsPort, [stable(0)]);
    await end();
    await write(files.rendered, "nonsense\n");
    run();
    await untilServers(statsPort, [stable(0)]);
    await end();
    await write(files.rendered, configurationOf([stable(1)]));
    run();
    await untilServers(statsPort, [stable(1)]);
  });

  it("start once there is a configuration, and leave other processes alone", async () => {
    const bystander = spawn("sleep", ["60"], { stdio: "ignore" });
    await write("haproxy.pid", String(bystander.pid));
    assert.equal(await render(configurationOf([stable(0)])), "");
    assert.equal(bystander.signalCode, null);
    await rm(join(folder, files.rendered));
    run();
    await write(files.rendered, configurationOf([stable(0)]));
    await untilServers(statsPort, [stable(0)]);
    const ended = once(bystander, "exit");
    bystander.kill("SIGTERM");
    assert.deepEqual(await ended, [null, "SIGTERM"]);
  });

  it("let the new process know which servers are down", async () => {
    const gone = `api_127.0.0.1_${await closedPort()}`;
    await start([stable(0), gone]);
    await untilServers(statsPort, [stable(0), gone]);
    while ((await serversOf(statsPort))?.[gone] !== "DOWN") await sleep(20);
    await render(configurationOf([stable(0), stable(1), gone]));
    await untilServers(statsPort, [stable(0), stable(1), gone]);
    assert.equal((await serversOf(statsPort))?.[gone], "DOWN");
  });

  it("miss no change that comes while HAProxy starts, when Nomad does not yet call them", async () => {
    await start([stable(0)]);
    await untilServers(statsPort, [stable(0)]);
    await write(files.rendered, configurationOf([stable(1)]));
    await untilServers(statsPort, [stable(1)]);
  });

  it("lose no request, however often the configuration changes", async () => {
    await start([stable(0)]);
    await untilServers(statsPort, [stable(0)]);
    const answers = new Map<string, number>();
    let done = false;
    const clients = Array.from({ length: 8 }, async () => {
      while (!done) {
        const answer = await fetch(`http://127.0.0.1:${port}/`).then(
          async (response) => `${response.status} ${await response.text()}`,
          String,
        );
        answers.set(answer, (answers.get(answer) ?? 0) + 1);
      }
    });
    for (let round = 0; round < 10; round++)
      await render(configurationOf([stable(round % 3), stable((round + 1) % 3)]));
    await untilServers(statsPort, [stable(0), stable(1)]);
    done = true;
    await Promise.all(clients);
    assert.deepEqual([...answers.keys()], ["200 ok"], JSON.stringify([...answers]));
    assert.ok((answers.get("200 ok") ?? 0) > 100);
  });
});
