import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { closedPort } from "../../integration/gate/sockets.ts";
import { startProgram, type Program } from "../../support/program.ts";
import { temporaryFolder } from "../../support/temporary.ts";

export const user = "nary";
export const password = "a-password";
/** Of that password, as Prometheus keeps it. */
const bcrypt = "$2b$04$gpRblaXx5ZhzHQok5AEY0e8ubg.KwB7WUig.UUzARYpqXV0AR2322";

export type RunningPrometheus = {
  address: string;
  /** What the service that it looks at tells from now on, in Prometheus' text format. */
  tell: (metrics: string) => void;
  end: () => Promise<void>;
  startAgain: () => Promise<void>;
  close: () => Promise<void>;
};

/** A real Prometheus behind a password, which looks five times a second at a service of ours. */
export async function startPrometheus(): Promise<RunningPrometheus> {
  let told = "";
  const service = createServer((_, response) => {
    response.setHeader("content-type", "text/plain; version=0.0.4").end(told);
  });
  service.listen(0, "127.0.0.1");
  await once(service, "listening");
  const target = service.address();
  if (target === null || typeof target === "string") throw new Error("A TCP server has a port.");
  const folder = await temporaryFolder();
  const { port } = await closedPort();
  const address = `http://127.0.0.1:${port}`;
  await writeFile(
    join(folder, "prometheus.yml"),
    `global: { scrape_interval: 200ms }
scrape_configs:
  - { job_name: test, honor_labels: true, static_configs: [{ targets: ["127.0.0.1:${target.port}"] }] }`,
  );
  await writeFile(join(folder, "web.yml"), `basic_auth_users: { ${user}: "${bcrypt}" }`);
  const options = [
    "--config.file=prometheus.yml",
    "--web.config.file=web.yml",
    `--web.listen-address=127.0.0.1:${port}`,
    "--storage.tsdb.path=data",
  ];
  let running: Program | undefined;
  const startAgain = async () => {
    running = startProgram("prometheus", options, { cwd: folder });
    await running.says(/Server is ready to receive web requests/);
  };
  const end = async () => {
    running?.child.kill("SIGKILL");
    await running?.ended;
    running = undefined;
  };
  await startAgain();
  return {
    address,
    tell: (metrics) => (told = `${metrics}\n`),
    end,
    startAgain,
    close: async () => {
      await end();
      service.closeAllConnections();
      service.close();
    },
  };
}
