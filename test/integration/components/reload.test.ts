import assert from "node:assert/strict";
import { once } from "node:events";
import { spawn } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { files } from "../../../components/haproxy/scripts.ts";
import { z } from "zod";
import { sharedCluster } from "../../support/cluster.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { answerTo } from "./answer-to.ts";
import { serversOf, untilServers } from "./haproxy-stats.ts";
import { ScriptedHaproxy } from "./scripted-haproxy.ts";
import { closedPort, startServer, type WebServer } from "./web-server.ts";

describe("HAProxy's scripts", function () {
  this.timeout(20_000);
  let environment: NodeJS.ProcessEnv;
  let haproxy: ScriptedHaproxy;
  let servers: WebServer[];
  let port: number;
  let statsPort: number;

  const stable = (index: number) => `api_127.0.0.1_${String(servers[index]?.port)}`;

  before(async () => {
    const cluster = await sharedCluster();
    [port, statsPort] = [cluster.fixedPort(), cluster.fixedPort()];
    environment = { ...cluster.environment, HAPROXY: "haproxy" };
    servers = await Promise.all([startServer(), startServer(), startServer()]);
  });

  beforeEach(async () => {
    haproxy = await ScriptedHaproxy.prepare({ port, statsPort, environment });
  });

  afterEach(() => haproxy.end());

  after(() => Promise.all(servers.map(({ close }) => close())));

  it("put a new configuration into the running HAProxy", async () => {
    await haproxy.start([stable(0)]);
    await untilServers(statsPort, [stable(0)]);
    assert.equal(await haproxy.render(haproxy.configurationOf([stable(0), stable(1)])), "");
    await untilServers(statsPort, [stable(0), stable(1)]);
    assert.equal(haproxy.process.exitCode, null, "it is still the same process");
  });

  /** A HAProxy that takes half a second to start, and so to reload. */
  async function prepareSlow(): Promise<void> {
    const slow = join(await temporaryFolder(), "slow-haproxy");
    // HAProxy starts itself anew by the name that it was started by.
    await writeFile(
      slow,
      `#!/bin/bash\n[ "$1" = -c ] || sleep 0.5\nexec -a "$0" ${environment["HAPROXY"] ?? ""} "$@"\n`,
      { mode: 0o755 },
    );
    haproxy = await ScriptedHaproxy.prepare({
      port,
      statsPort,
      environment: { ...environment, HAPROXY: slow },
    });
  }

  it("take canaries out before the new process is there, and let them in again", async () => {
    const canary = stable(1).replace("api", "canary");
    await prepareSlow();
    await haproxy.start([stable(0), canary]);
    await untilServers(statsPort, [stable(0), canary]);
    const rendered = haproxy.render(haproxy.configurationOf([stable(0)]));
    // Of the process that was told: the new one does not have it.
    while ((await serversOf(statsPort))?.[canary] !== "MAINT") await sleep(10);
    await rendered;
    await untilServers(statsPort, [stable(0)]);
    await haproxy.render(haproxy.configurationOf([stable(0), stable(2), canary]));
    await untilServers(statsPort, [stable(0), stable(2), canary]);
    while ((await serversOf(statsPort))?.[canary] !== "UP") await sleep(10);
  });

  it("leave canaries in until the new process is there where no other server stays", async () => {
    const canary = stable(1).replace("api", "canary");
    await prepareSlow();
    await haproxy.start([stable(0), canary]);
    await untilServers(statsPort, [stable(0), canary]);
    const over = new AbortController();
    const seen = (async () => {
      const statuses = new Set<string>();
      while (!over.signal.aborted) {
        statuses.add((await serversOf(statsPort))?.[canary] ?? "gone");
        await sleep(10);
      }
      return statuses;
    })();
    await haproxy.render(haproxy.configurationOf([stable(2)]));
    await untilServers(statsPort, [stable(2)]);
    over.abort();
    assert.ok(!(await seen).has("MAINT"));
  });

  it("leave a canary in maintenance that was put there by hand", async () => {
    const canary = stable(1).replace("api", "canary");
    await haproxy.start([stable(0), canary]);
    await untilServers(statsPort, [stable(0), canary]);
    await haproxy.ask(`set server api/${canary} state maint`);
    await haproxy.render(haproxy.configurationOf([stable(0), stable(2), canary]));
    await untilServers(statsPort, [stable(0), stable(2), canary]);
    assert.equal((await serversOf(statsPort))?.[canary], "MAINT");
  });

  it("miss no change that comes while HAProxy reloads", async () => {
    await prepareSlow();
    await haproxy.start([stable(0)]);
    await untilServers(statsPort, [stable(0)]);
    await haproxy.render(haproxy.configurationOf([stable(0), stable(1)]));
    await haproxy.render(haproxy.configurationOf([stable(1), stable(2)]));
    await untilServers(statsPort, [stable(1), stable(2)]);
  });

  it("keep the running configuration when HAProxy does not accept the new one", async () => {
    await haproxy.start([stable(0)]);
    await untilServers(statsPort, [stable(0)]);
    assert.match(
      await haproxy.render(`${haproxy.configurationOf([stable(1)])}\nnonsense\n`),
      /kept the running configuration: .* accept/,
    );
    assert.match(await haproxy.render(""), /kept the running configuration/);
    assert.deepEqual(Object.keys((await serversOf(statsPort)) ?? {}), [stable(0)]);
    assert.equal(await fetch(`http://127.0.0.1:${port}/`).then(({ status }) => status), 200);
    await haproxy.render(haproxy.configurationOf([stable(2)]));
    await untilServers(statsPort, [stable(2)]);
  });

  it("never put an empty list of stable servers over a full one", async () => {
    const canary = stable(1).replace("api", "canary");
    const twin = stable(1).replace("api", "twin");
    await haproxy.start([]);
    await untilServers(statsPort, []);
    await haproxy.render(haproxy.configurationOf([stable(0)]));
    await untilServers(statsPort, [stable(0)]);
    assert.match(await haproxy.render(haproxy.configurationOf([])), /no stable server/);
    assert.match(await haproxy.render(haproxy.configurationOf([canary, twin])), /no stable server/);
    assert.deepEqual(Object.keys((await serversOf(statsPort)) ?? {}), [stable(0)]);
    await haproxy.render(haproxy.configurationOf([stable(2), canary]));
    await untilServers(statsPort, [stable(2), canary]);
  });

  it("start with the configuration that ran before when HAProxy does not accept the new one", async () => {
    await haproxy.start([stable(0)]);
    await untilServers(statsPort, [stable(0)]);
    await haproxy.end();
    await haproxy.write(files.rendered, "nonsense\n");
    haproxy.run();
    await untilServers(statsPort, [stable(0)]);
    await haproxy.end();
    await haproxy.write(files.rendered, haproxy.configurationOf([stable(1)]));
    haproxy.run();
    await untilServers(statsPort, [stable(1)]);
  });

  it("start once there is a configuration, and leave other processes alone", async () => {
    const bystander = spawn("sleep", ["60"], { stdio: "ignore" });
    await haproxy.write("haproxy.pid", String(bystander.pid));
    assert.equal(await haproxy.render(haproxy.configurationOf([stable(0)])), "");
    assert.equal(bystander.signalCode, null);
    await rm(join(haproxy.folder, files.rendered));
    haproxy.run();
    await haproxy.write(files.rendered, haproxy.configurationOf([stable(0)]));
    await untilServers(statsPort, [stable(0)]);
    const ended = once(bystander, "exit");
    bystander.kill("SIGTERM");
    assert.deepEqual(await ended, [null, "SIGTERM"]);
  });

  it("let the new process know which servers are down", async () => {
    const gone = `api_127.0.0.1_${await closedPort()}`;
    await haproxy.start([stable(0), gone]);
    await untilServers(statsPort, [stable(0), gone]);
    while ((await serversOf(statsPort))?.[gone] !== "DOWN") await sleep(20);
    await haproxy.render(haproxy.configurationOf([stable(0), stable(1), gone]));
    await untilServers(statsPort, [stable(0), stable(1), gone]);
    assert.equal((await serversOf(statsPort))?.[gone], "DOWN");
  });

  it("miss no change that comes while HAProxy starts, when Nomad does not yet call them", async () => {
    await haproxy.start([stable(0)]);
    await untilServers(statsPort, [stable(0)]);
    await haproxy.write(files.rendered, haproxy.configurationOf([stable(1)]));
    await untilServers(statsPort, [stable(1)]);
  });

  it("have what a client asks on a connection from before answered by servers of now", async () => {
    const old = await startServer();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = async () => {
      const sent = request({ port, host: "127.0.0.1", agent }).end();
      const { again, status, body } = await answerTo(sent);
      return { again, status, body };
    };
    await haproxy.start([`api_127.0.0.1_${old.port}`]);
    await untilServers(statsPort, [`api_127.0.0.1_${old.port}`]);
    try {
      assert.deepEqual(await ask(), { again: false, status: 200, body: "ok" });
      await haproxy.render(haproxy.configurationOf([stable(0)]));
      await haproxy.render(haproxy.configurationOf([stable(1)]));
      await untilServers(statsPort, [stable(1)]);
      await old.close();
      assert.deepEqual(await ask(), { again: true, status: 200, body: "ok" });
    } finally {
      agent.destroy();
    }
  });

  it("let the process answer itself that goes on because the new one did not start", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port: theirs } = z.object({ port: z.number() }).parse(taken.address());
    await haproxy.start([stable(0)]);
    await untilServers(statsPort, [stable(0)]);
    try {
      const also = `\nfrontend also\n  bind 127.0.0.1:${theirs}\n`;
      await haproxy.render(haproxy.configurationOf([stable(1)]) + also);
    } finally {
      taken.close();
    }
    assert.deepEqual(Object.keys((await serversOf(statsPort)) ?? {}), [stable(0)]);
    assert.equal(await haproxy.passesOn(), false);
    await haproxy.render(haproxy.configurationOf([stable(2)]));
    await untilServers(statsPort, [stable(2)]);
    assert.equal(await haproxy.passesOn(), false);
  });

  it("lose no request, however often the configuration changes", async () => {
    await haproxy.start([stable(0)]);
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
      await haproxy.render(haproxy.configurationOf([stable(round % 3), stable((round + 1) % 3)]));
    await untilServers(statsPort, [stable(0), stable(1)]);
    done = true;
    await Promise.all(clients);
    assert.deepEqual([...answers.keys()], ["200 ok"], JSON.stringify([...answers]));
    assert.ok((answers.get("200 ok") ?? 0) > 100);
  });
});
