/** A job that runs `sleep`, as Nomad's API writes it. */
export function sleepJob(id: string, count: number, command = "/bin/sleep") {
  return {
    ID: id,
    Name: id,
    Type: "service",
    Datacenters: ["dc1"],
    Update: { MinHealthyTime: 0, HealthyDeadline: 30e9, ProgressDeadline: 40e9 },
    TaskGroups: [
      {
        Name: "sleepers",
        Count: count,
        RestartPolicy: { Attempts: 0, Mode: "fail" },
        ReschedulePolicy: { Attempts: 0, Unlimited: false },
        Tasks: [
          {
            Name: "sleep",
            Driver: "raw_exec",
            Config: { command, args: ["600"] },
            Resources: { CPU: 10, MemoryMB: 10 },
            KillTimeout: 1e9,
          },
        ],
      },
    ],
  };
}

/** The same as HCL, in another order and with other white space. */
export function sleepJobHcl(id: string, count: number): string {
  return `
    job "${id}" {
      update {
        progress_deadline = "40s"
        healthy_deadline = "30s"
        min_healthy_time = "0s"
      }
      datacenters = ["dc1"]
      group "sleepers" {
        count = ${count}
        reschedule {
          attempts = 0
          unlimited = false
        }
        restart {
          mode = "fail"
          attempts = 0
        }
        task "sleep" {
          kill_timeout = "1s"
          driver = "raw_exec"
          resources {
            memory = 10
            cpu = 10
          }
          config {
            args = ["600"]
            command = "/bin/sleep"
          }
        }
      }
    }`;
}
