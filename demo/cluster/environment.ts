import { join } from "node:path";
import { mark, type Part } from "./marks.ts";

/** What would make the servers or their clients talk to the user's own cluster, account, backend or database. */
const ownOnly = /^(?:(?:NOMAD|CONSUL|VAULT|PULUMI|NARY)_|PG[A-Z]+$)/;
const kept = new Set(["NARY_CACHE"]);

/** An environment without the user's own addresses and tokens, marked as belonging to a cluster. */
export function clusterEnvironment(part: Part, folder: string, base: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const rest = Object.entries(base).filter(([name]) => kept.has(name) || !ownOnly.test(name));
  return { ...Object.fromEntries(rest), ...mark(part, folder) };
}

/**
 * The servers' environment: Nomad's agent does not start where AWS_CA_BUNDLE is set, and a killed Nomad leaves the
 * sockets of its helpers in the folder for temporary files, hence one that goes with the cluster.
 */
export function serverEnvironment(folder: string, base: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const environment = clusterEnvironment("server", folder, base);
  delete environment["AWS_CA_BUNDLE"];
  return { ...environment, TMPDIR: temporaryFolder(folder) };
}

export function temporaryFolder(folder: string): string {
  return join(folder, "tmp");
}
