/** The sample service as a process: listens on HOST and PORT, is as faulty as FAULTS says, and stops when told. */
import { FaultsError, parseFaults, type Faults } from "./faults.ts";
import { createService } from "./service.ts";

const usageExit = 2;

function faultsFromEnvironment(): Faults {
  try {
    return parseFaults(process.env["FAULTS"]);
  } catch (error) {
    if (!(error instanceof FaultsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(usageExit);
  }
}

const service = createService(faultsFromEnvironment(), { quarantine: process.env["QUARANTINE"] === "on" });
const host = process.env["HOST"] ?? "127.0.0.1";
const port = Number(process.env["PORT"] ?? 8080);

const stop = async () => {
  await service.stop();
  process.exit(0);
};
// Nomad sends SIGINT unless the job names another.
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void stop());

service.server.listen(port, host, () => {
  const address = service.server.address();
  // Port 0 lets the system choose one.
  const chosen = typeof address === "object" && address !== null ? address.port : port;
  process.stdout.write(`listening on http://${host}:${chosen}\n`);
});
