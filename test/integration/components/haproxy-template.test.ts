import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sharedCluster } from "../../support/cluster.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { nary, type Project } from "../cli/nary.ts";
import { deleteKeys, deregisterInstance, registerInstance, setKey } from "./consul.ts";
import { serversOf, untilServers } from "./haproxy-stats.ts";
import { publishedProject } from "./published.ts";
import { startServer, type WebServer } from "./web-server.ts";

const service = "shop";

describe("nary haproxy-template", function () {
  this.timeout(90_000);
  let project: Project;
  let folder: string;
  let port: number;
  let statsPort: number;
  let servers: WebServer[];
  const children: ChildProcess[] = [];

  /** Where neither Consul nor Nomad is. */
  const nowhere = { CONSUL_HTTP_ADDR: "127.0.0.1:1", NOMAD_ADDR: "http://127.0.0.1:1" };
  const run = (...args: string[]) =>
    nary(["haproxy-template", "-s", "local-production", ...args], {
      cwd: project.folder,
      env: { ...project.environment, ...nowhere },
    });
  const nameOf = (side: string, index: number) => `${side}_127.0.0.1_${String(servers[index]?.port)}`;
  const file = (name: string) => join(folder, name);

  function start(command: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
    const child = spawn(command, args, { env, stdio: "ignore" });
    children.push(child);
    return child;
  }

  before(async () => {
    const { environment, fixedPort } = await sharedCluster();
    [port, statsPort] = [fixedPort(), fixedPort()];
    folder = join(await temporaryFolder(), "hosts", "shop");
    servers = await Promise.all([startServer(), startServer(), startServer()]);
    project = await publishedProject(environment, { service, port, statsPort });
  });

  after(async () => {
    for (const child of children.reverse()) {
      const ended = once(child, "exit");
      // Consul-template hands on SIGTERM and stays.
      if (child.exitCode === null && child.kill("SIGINT")) await ended;
    }
    await Promise.all([1, 2, 3].map((id) => deregisterInstance(`shop-${id}`)));
    await deleteKeys("nary/local/shop/");
    await Promise.all(servers.map(({ close }) => close()));
  });

  it("writes what a host needs, and asks neither Consul nor Nomad", async () => {
    const ended = await run("--out", folder);
    assert.deepEqual([ended.code, ended.stdout, ended.stderr], [0, "", ""]);
    assert.match(await readFile(file("local/haproxy.cfg.ctmpl"), "utf8"), /range service "shop\|passing"/);
  });

  it("prints the same for hosts that have it in another folder", async () => {
    const { code, stdout } = await run("--folder", "/srv/shop");
    assert.equal(code, 0);
    const sections = stdout.split(/^==> (.+) <==\n/m);
    const written = [
      "local/haproxy.cfg.ctmpl",
      "consul-template.hcl",
      "local/unavailable.html.ctmpl",
      "local/haproxy.env",
      "consul-services.json",
      "local/start.sh",
      "local/reload.sh",
    ];
    assert.deepEqual(
      sections.filter((_, index) => index % 2 === 1),
      written,
    );
    for (const [index, name] of written.entries()) {
      const expected = (await readFile(file(name), "utf8")).replaceAll(folder, "/srv/shop");
      assert.equal(sections[2 * index + 2]?.trimEnd(), expected.trimEnd(), name);
    }
  });

  it("is what a real consul-template brings HAProxy its servers with", async () => {
    const { environment } = await sharedCluster();
    start("/bin/sh", [file("local/start.sh")], environment);
    const template = start("consul-template", ["-config", file("consul-template.hcl")], environment);
    await untilServers(statsPort, []);
    await registerInstance(service, "shop-1", servers[0]?.port ?? 0);
    await registerInstance(`${service}-canary`, "shop-2", servers[1]?.port ?? 0);
    await untilServers(statsPort, [nameOf(service, 0)]);
    assert.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 200);

    await setKey("nary/local/shop/run/traffic", "on");
    await untilServers(statsPort, [nameOf(service, 0), nameOf("canary", 1)]);
    await setKey("nary/local/shop/run/traffic", "off");
    await untilServers(statsPort, [nameOf(service, 0)]);

    const good = await readFile(file("local/haproxy.cfg.ctmpl"), "utf8");
    await writeFile(file("local/haproxy.cfg.ctmpl"), `${good}\nnonsense\n`);
    template.kill("SIGHUP");
    while (!(await readFile(file("local/rendered.cfg"), "utf8")).includes("nonsense")) await sleep(20);
    await registerInstance(service, "shop-3", servers[2]?.port ?? 0);
    const isThere = async () =>
      (await readFile(file("local/rendered.cfg"), "utf8")).includes(nameOf(service, 2));
    while (!(await isThere())) await sleep(20);
    await sleep(500);
    assert.deepEqual(Object.keys((await serversOf(statsPort)) ?? {}), [nameOf(service, 0)]);
    assert.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 200);

    assert.equal((await run("--out", folder)).code, 0);
    template.kill("SIGHUP");
    await untilServers(statsPort, [nameOf(service, 0), nameOf(service, 2)]);
    assert.equal(template.exitCode, null);
  });

  it("ends with 2 for what it cannot use, in one sentence", async () => {
    for (const [args, sentence] of [
      [["-s", "local-canary"], /local-canary has no HAProxy.*-s local-production/],
      [["--folder", "srv"], /"srv" cannot be used on a host: it must be an absolute path/],
      [["--out", file("with space")], /with space" cannot be used on a host.*--folder/],
    ] as const) {
      const { code, stdout, stderr } = await run(...args);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, sentence);
      assert.equal(stderr.trimEnd().split("\n").length, 1, stderr);
    }
  });
});
