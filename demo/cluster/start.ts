import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import { DemoError } from "../errors.ts";
import { clusterEnvironment, temporaryFolder } from "./environment.ts";
import { mark } from "./marks.ts";
import { report, type Report, type request } from "./messages.ts";
import { sweep } from "./sweep.ts";

const keeper = join(import.meta.dirname, "keeper.ts");

export type ClusterOptions = {
  /** An empty folder, of this cluster alone: it is removed with the cluster. */
  folder: string;
  /** With `consul` and `nomad` on its PATH. */
  environment: NodeJS.ProcessEnv;
  /** Whether jobs use Docker, which must be running then. */
  docker?: boolean;
  /** What Consul and Nomad call where they are; `dc1` unless given. */
  datacenter?: string;
  /** What Nomad calls its region; `global` unless given. */
  region?: string;
};

export type Cluster = {
  consulAddress: string;
  nomadAddress: string;
  /**
   * For every process that uses the cluster: addresses, and a mark by which it is ended with the cluster. The user's
   * own addresses and tokens are not in it.
   */
  environment: NodeJS.ProcessEnv;
  /** Free ports that Nomad does not hand out, for what needs one that is known beforehand. */
  fixedPorts: readonly number[];
  /** Lets the cluster live on after this process. */
  keep: () => Promise<void>;
  /** Ends everything in the cluster and around it, and removes the folder. */
  stop: () => Promise<void>;
};

/** A Consul and a Nomad on loopback, on ports of their own. They end with this process, however that ends. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { folder, environment, docker = false, datacenter = "dc1", region = "global" } = options;
  if ((await readdir(folder)).length > 0) {
    throw new DemoError(
      "cluster",
      `The folder ${folder} is not empty: it would be removed with the cluster.`,
    );
  }
  const where = [`--datacenter=${datacenter}`, `--region=${region}`];
  const child = fork(keeper, [folder, ...where, ...(docker ? ["--docker"] : [])], {
    detached: true,
    env: { ...clusterEnvironment("server", folder, environment), ...mark("keeper", folder) },
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  const first = await nextReport(child);
  if (first.state !== "ready") {
    await ended(child);
    throw new DemoError(
      "cluster",
      first.state === "failed" ? first.why : "The cluster ended while it started.",
    );
  }
  const { consulAddress, nomadAddress, fixedPorts } = first;
  return {
    consulAddress,
    nomadAddress,
    fixedPorts,
    environment: {
      ...clusterEnvironment("client", folder, environment),
      // A client that is killed leaves its temporary files, which go with the cluster.
      TMPDIR: temporaryFolder(folder),
      CONSUL_HTTP_ADDR: consulAddress,
      NOMAD_ADDR: nomadAddress,
    },
    keep: async () => {
      await ask(child, "keep");
      child.disconnect();
      child.unref();
    },
    stop: () => stop(child, folder),
  };
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

async function ended(child: ChildProcess): Promise<void> {
  if (isRunning(child)) await once(child, "exit");
}

/** What the keeper says next; its end without a word is a failure too. */
async function nextReport(child: ChildProcess): Promise<Report> {
  const { promise, resolve } = Promise.withResolvers<Report>();
  const hear = (message: unknown) => {
    resolve(report.parse(message));
  };
  const miss = () => {
    resolve({ state: "failed", why: "The process that keeps the cluster ended." });
  };
  child.once("message", hear).once("exit", miss);
  if (!isRunning(child)) miss();
  try {
    return await promise;
  } finally {
    child.off("message", hear).off("exit", miss);
  }
}

async function ask(child: ChildProcess, what: z.infer<typeof request>): Promise<Report> {
  const answer = nextReport(child);
  if (child.connected) child.send(what);
  return answer;
}

async function stop(child: ChildProcess, folder: string): Promise<void> {
  const answer = await ask(child, "stop");
  await ended(child);
  // A keeper that was killed has cleaned up nothing.
  const left = answer.state === "stopped" ? answer.left : await sweep(folder);
  if (left.length > 0) throw new DemoError("cluster", `Could not be ended: ${left.join(", ")}.`);
}
