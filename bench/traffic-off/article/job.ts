/** The article's canary job, small enough for this machine. Its end is graceful: HAProxy's checks need four seconds. */
export function canaryJob(service: string, count: number, command: string) {
  const name = `${service}-canary`;
  return {
    Job: {
      ID: name,
      Type: "service",
      Datacenters: ["*"],
      TaskGroups: [
        {
          Name: `${name}-group`,
          Count: count,
          RestartPolicy: { Attempts: 0, Mode: "fail" },
          ReschedulePolicy: { Attempts: 0, Unlimited: false },
          Networks: [{ DynamicPorts: [{ Label: "webserver_http" }] }],
          Services: [{ Name: name, PortLabel: "webserver_http" }],
          Tasks: [
            {
              Name: `${name}-task`,
              Driver: "raw_exec",
              Config: { command },
              Env: { PORT: "${NOMAD_PORT_webserver_http}" },
              KillTimeout: 10_000_000_000,
              Resources: { CPU: 50, MemoryMB: 64 },
            },
          ],
        },
      ],
    },
  };
}
