import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startProgram } from "../support/program.ts";
import { temporaryFolder } from "../support/temporary.ts";

export type Registry = {
  /** Host and port, as in front of an image's name. */
  server: string;
  username: string;
  password: string;
  /** The digest that a tag has in the registry; undefined when there is no such tag. */
  digestOf: (repository: string, tag: string) => Promise<string | undefined>;
  stop: () => Promise<void>;
};

const username = "builder";
const password = "let-me-push-7391";
const manifests = [
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
];

/** An empty registry on loopback that lets nobody in without the password. Whoever starts it stops it. */
export async function startRegistry(port: number): Promise<Registry> {
  const folder = await temporaryFolder();
  const server = `127.0.0.1:${port}`;
  await mkdir(join(folder, "images"));
  await writeFile(join(folder, "users"), await userLine());
  const settings = {
    version: "0.1",
    log: { level: "error", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, "images") } },
    http: { addr: server },
    auth: { htpasswd: { realm: "test", path: join(folder, "users") } },
  };
  // JSON is YAML.
  await writeFile(join(folder, "registry.yml"), JSON.stringify(settings));
  const program = startProgram("docker-registry", ["serve", join(folder, "registry.yml")]);
  const stop = async () => {
    program.child.kill();
    await program.ended;
  };
  try {
    await untilItAnswers(server, program.ended);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    server,
    username,
    password,
    digestOf: async (repository, tag) =>
      (await ask(server, `${repository}/manifests/${tag}`)).headers.get("docker-content-digest") ?? undefined,
    stop,
  };
}

/** The registry takes bcrypt alone, which Node does not have. */
async function userLine(): Promise<string> {
  const child = spawn("htpasswd", ["-n", "-i", "-B", "-C", "4", username], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  let line = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (line += text));
  child.stdin.end(password);
  await once(child, "close");
  if (child.exitCode !== 0) throw new Error(`htpasswd ended with ${child.exitCode}.`);
  return line;
}

async function ask(server: string, path: string): Promise<Response> {
  const response = await fetch(`http://${server}/v2/${path}`, {
    headers: {
      accept: manifests.join(", "),
      authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`,
    },
  });
  if (response.ok || response.status === 404) return response;
  throw new Error(`The registry answers ${path} with ${response.status}.`);
}

async function untilItAnswers(server: string, ended: Promise<{ stderr: string }>): Promise<void> {
  let said: string | undefined;
  void ended.then(
    ({ stderr }) => (said = stderr),
    (error: unknown) => (said = String(error)),
  );
  for (let tries = 0; tries < 100; tries++) {
    if (said !== undefined) throw new Error(`The registry ended: ${said}`);
    const status = await fetch(`http://${server}/v2/`).then(
      (response) => response.status,
      () => undefined,
    );
    if (status === 401) return;
    await sleep(100);
  }
  throw new Error("The registry does not answer.");
}
