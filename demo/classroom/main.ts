/** The classroom as a process: listens on HOST and PORT, has its data where DATABASE_URL says, and stops when told. */
import { createKit } from "../../app/index.ts";
import { createApp } from "./app.ts";
import { pool } from "./database.ts";
import { logger } from "./logger.ts";
import { MistakeError, modelsWith, type Models } from "./mistakes.ts";

const usageExit = 2;
/** Longer than HAProxy keeps an idle connection, so that never the server is the one to close it. */
const keepAliveMs = 65_000;

function modelsFromEnvironment(): Models {
  try {
    return modelsWith(process.env["FAULTS"]);
  } catch (error) {
    if (!(error instanceof MistakeError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(usageExit);
  }
}

// No route of this app has a reason for more than ten queries: from there on its team is told.
const kit = createKit({ logger, quarantine: true, limits: { queries: 10 } });
const app = createApp(kit, modelsFromEnvironment());
const host = process.env["HOST"] ?? "127.0.0.1";
const server = app.listen(Number(process.env["PORT"] ?? 8080), host, () => {
  const address = server.address();
  // Port 0 lets the system choose one.
  if (typeof address === "object" && address !== null)
    process.stdout.write(`listening on http://${host}:${address.port}\n`);
});
server.keepAliveTimeout = keepAliveMs;
// Nomad sends SIGINT unless the job names another.
for (const signal of ["SIGTERM", "SIGINT"] as const)
  kit.stopOn(signal, [server], { last: () => pool.end(), deadlineSeconds: 3 });
