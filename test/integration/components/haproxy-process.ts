import { once } from "node:events";
import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { request, type Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders } from "node:http";
import { join } from "node:path";
import { renderConfiguration } from "../../../components/haproxy/configuration.ts";
import { page } from "../../../components/haproxy/page.ts";
import { files, nothingCarried } from "../../../components/haproxy/scripts.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { haproxyOf } from "../../unit/components/descriptions.ts";
import { renderTemplates } from "./consul-template.ts";
import { deleteKeys, deregisterInstance, registerInstance, setKey } from "./consul.ts";
import { untilServers } from "./haproxy-stats.ts";
import type { WebServer } from "./web-server.ts";

export type Answer = { status: number; headers: IncomingHttpHeaders; body: string };

export type RunningHaproxy = {
  statsPort: number;
  ask: (options?: { method?: string; headers?: OutgoingHttpHeaders; agent?: Agent }) => Promise<Answer>;
  stop: () => Promise<void>;
};

export type Setup = {
  service: string;
  stable: readonly WebServer[];
  canaries: readonly WebServer[];
  twins?: readonly WebServer[];
  /** The line in the traffic switch. */
  traffic: string;
  /** Arguments of the component. */
  args?: object;
};

/** HAProxy with the configuration that the real consul-template makes of servers registered in the real Consul. */
export async function startHaproxy(setup: Setup): Promise<RunningHaproxy> {
  const { service, stable, canaries, twins = [], traffic, args } = setup;
  const { fixedPort, environment } = await sharedCluster();
  const [port, statsPort] = [fixedPort(), fixedPort()];
  const instances = [
    ...stable.map((server) => ({ name: service, id: `${service}-${server.port}`, server })),
    ...canaries.map((server) => ({
      name: `${service}-canary`,
      id: `${service}-canary-${server.port}`,
      server,
    })),
    ...twins.map((server) => ({ name: `${service}-twin`, id: `${service}-twin-${server.port}`, server })),
  ];
  await Promise.all(instances.map(({ name, id, server }) => registerInstance(name, id, server.port)));
  const key = `nary/default/${service}/`;
  await setKey(`${key}run/traffic`, traffic);
  const [configuration = ""] = await renderTemplates([
    renderConfiguration(haproxyOf({ service, port, statsPort, ...args })),
  ]);
  await Promise.all(instances.map(({ id }) => deregisterInstance(id)));
  await deleteKeys(key);
  const folder = await temporaryFolder();
  await Promise.all([
    writeFile(join(folder, "haproxy.cfg"), configuration),
    writeFile(join(folder, page), "none"),
    writeFile(join(folder, files.carried), nothingCarried),
  ]);
  const child = spawn("haproxy", ["-db", "-f", "haproxy.cfg"], {
    cwd: folder,
    env: environment,
    stdio: "ignore",
  });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  };
  const shown = [
    ...(traffic.startsWith("on") ? canaries.map(nameOf("canary")) : []),
    ...(/^on.* twin/.test(traffic) ? twins.map(nameOf("twin")) : []),
  ];
  try {
    await untilServers(statsPort, [...stable.map(nameOf(service)), ...shown]);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    statsPort,
    stop,
    ask: async ({ method = "GET", headers = {}, agent } = {}) => {
      const { promise, resolve, reject } = Promise.withResolvers<Answer>();
      const sent = request({ port, host: "127.0.0.1", path: "/", method, headers, agent }, (response) => {
        let body = "";
        response.setEncoding("utf8").on("data", (text: string) => (body += text));
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
        });
      });
      sent.on("error", reject).end();
      return await promise;
    },
  };
}

/** The name that a server has in HAProxy. */
export const nameOf = (side: string) => (server: WebServer) => `${side}_127.0.0.1_${server.port}`;
