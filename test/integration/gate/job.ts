import { setTimeout as sleep } from "node:timers/promises";
import { request } from "undici";
import type { Nomad } from "../../../gate/clients/nomad.ts";
import { declaredRecord, type Declared } from "../../../settings/records.ts";

/**
 * A service that counts: /hit adds a request, /fail one with an error, /die ends it. On its port "counts" it also tells
 * them at /internal/counts, and nowhere else.
 */
const service = `
const http = require("node:http");
let requestCount = 0, errorCount = 0;
http.createServer((request, response) => {
  response.statusCode = request.url === "/internal/counts" ? 200 : 404;
  response.end(JSON.stringify({ errorCount, requestCount }));
}).listen(Number(process.env.NOMAD_PORT_counts), "127.0.0.1");
http.createServer((request, response) => {
  if (request.url === "/hit") requestCount++;
  if (request.url === "/fail") { requestCount++; errorCount++; }
  if (request.url === "/die") process.exit(7);
  if (request.url === "/internal/counts") response.statusCode = 404;
  response.end(JSON.stringify({ errorCount, requestCount }));
}).listen(Number(process.env.NOMAD_PORT_http), "127.0.0.1");
`;

/** What a stack would have declared of a canary with this name. */
export function declaredOf(
  name: string,
  count: number,
  release = "api:2",
  role: Declared["role"] = "canary",
): Declared {
  const declared = {
    version: 1,
    role,
    job: name,
    service: name,
    release,
    count,
    counterPath: "/api/errorAndRequestCount",
  };
  return declaredRecord.decode("test", JSON.stringify(declared));
}

/** Registers a canary in Nomad, as a stack would have. */
export async function registerJob(
  nomad: string,
  declared: Declared,
  cpu = 20,
  program = service,
): Promise<void> {
  await put(new URL("/v1/jobs", nomad), JSON.stringify({ Job: jobOf(declared, cpu, program) }));
}

/** The job of a canary, as a stack would have rendered it. */
export function jobOf(
  { job: name, service: serviceName, release, count }: Declared,
  cpu = 20,
  program = service,
) {
  return {
    ID: name,
    Type: "service",
    Datacenters: ["*"],
    Meta: { nary_release: release, nary_test: name },
    TaskGroups: [
      {
        Name: "web",
        Count: count,
        RestartPolicy: { Attempts: 0, Mode: "fail" },
        ReschedulePolicy: { Attempts: 0, Unlimited: false },
        Networks: [{ DynamicPorts: [{ Label: "http" }, { Label: "counts" }] }],
        Services: [{ Name: serviceName, PortLabel: "http" }],
        Tasks: [
          {
            Name: "api",
            Driver: "raw_exec",
            Config: { command: process.execPath, args: ["-e", program] },
            Resources: { CPU: cpu, MemoryMB: 64 },
          },
        ],
      },
    ],
  };
}

/** Removes a job, and waits for its instances to end. */
export async function endJob(nomad: Nomad, job: string): Promise<void> {
  await nomad.purge(job);
  await eventually("the end of the job", async () => {
    const { allocations } = await nomad.allocations(job);
    return allocations.every(({ client }) => client !== "running" && client !== "pending") || undefined;
  });
}

async function put(url: URL, body: string): Promise<void> {
  const response = await request(url, { method: "PUT", body });
  const text = await response.body.text();
  if (response.statusCode !== 200) throw new Error(`${response.statusCode}: ${text}`);
}

/** Asks until the answer is there; fails with the name of what was waited for. */
export async function eventually<T>(
  name: string,
  ask: () => Promise<T | undefined>,
  seconds = 20,
): Promise<T> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > end) throw new Error(`${name} did not come within ${seconds} s.`);
    await sleep(100);
  }
}
