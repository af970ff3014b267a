/** A program that starts a cluster and then waits to be killed. */
import { startCluster } from "../../../demo/cluster/start.ts";

const cluster = await startCluster({ folder: process.argv[2] ?? "", environment: process.env });
process.stdout.write(`Nomad is at ${cluster.nomadAddress}\n`);
