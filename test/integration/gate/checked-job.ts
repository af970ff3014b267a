import { request } from "undici";
import type { Declared } from "../../../settings/records.ts";

/** Answers /status with 404, as one that wants no traffic, and /ready with 200 until /break. */
const service = `
let ready = true;
require("node:http").createServer((request, response) => {
  if (request.url === "/break") ready = false;
  if (request.url === "/status" || (request.url === "/ready" && !ready)) response.statusCode = 404;
  response.end(JSON.stringify({ errorCount: 0, requestCount: 0, eventLoopLag: { maxMs: 12.5 } }));
}).listen(Number(process.env.NOMAD_PORT_http), "127.0.0.1");
`;

const check = (name: string, path: string) => ({
  Name: name,
  Type: "http",
  Path: path,
  Interval: 1e9,
  Timeout: 1e9,
});

/** Instances that another task prepares, with a routing check that fails, and another that passes at first. */
export async function registerChecked(nomad: string, declared: Declared): Promise<void> {
  await register(nomad, declared, {
    Services: [
      {
        Name: declared.service,
        PortLabel: "http",
        Checks: [check("routing", "/status"), check("ready", "/ready")],
      },
    ],
    RestartPolicy: { Attempts: 0, Mode: "fail" },
    Tasks: [
      { ...task("/bin/true"), Name: "migrate", Lifecycle: { Hook: "prestart", Sidecar: false } },
      task(process.execPath, "-e", service),
    ],
  });
}

/** One instance whose task ends three times: it is started again twice, and then given up. */
export async function registerEnding(nomad: string, declared: Declared): Promise<void> {
  await register(nomad, declared, {
    RestartPolicy: { Attempts: 2, Interval: 600e9, Delay: 1e6, Mode: "fail" },
    Tasks: [task("/bin/false")],
  });
}

const task = (command: string, ...args: string[]) => ({
  Name: "api",
  Driver: "raw_exec",
  Config: { command, args },
  Resources: { CPU: 20, MemoryMB: 64 },
});

async function register(nomad: string, declared: Declared, group: object): Promise<void> {
  const { job: name, release, count } = declared;
  const Job = {
    ID: name,
    Type: "service",
    Datacenters: ["*"],
    Meta: { nary_release: release },
    TaskGroups: [
      {
        Name: "web",
        Count: count,
        ReschedulePolicy: { Attempts: 0, Unlimited: false },
        Networks: [{ DynamicPorts: [{ Label: "http" }] }],
        ...group,
      },
    ],
  };
  const response = await request(new URL("/v1/jobs", nomad), {
    method: "PUT",
    body: JSON.stringify({ Job }),
  });
  const text = await response.body.text();
  if (response.statusCode !== 200) throw new Error(`${response.statusCode}: ${text}`);
}
