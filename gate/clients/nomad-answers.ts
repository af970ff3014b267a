import { z } from "zod";

/** Go writes null for empty lists and maps. */
const list = <Item extends z.ZodType>(item: Item) =>
  z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);
const map = <Value extends z.ZodType>(value: Value) =>
  z
    .record(z.string(), value)
    .nullish()
    .transform((entries) => entries ?? {});

export const job = z
  .object({
    ID: z.string(),
    Stop: z.boolean(),
    Version: z.number(),
    CreateIndex: z.number(),
    Meta: map(z.string()),
    TaskGroups: list(
      z.object({ Count: z.number(), Update: z.object({ MaxParallel: z.number() }).nullish() }),
    ),
  })
  .transform((answer) => ({
    id: answer.ID,
    stopped: answer.Stop,
    version: answer.Version,
    createIndex: answer.CreateIndex,
    meta: answer.Meta,
    count: answer.TaskGroups.reduce((sum, group) => sum + group.Count, 0),
    /** Instances that a roll-out replaces at the same time. */
    maxParallel: answer.TaskGroups.reduce(
      (sum, group) => sum + (group.Update?.MaxParallel ?? group.Count),
      0,
    ),
  }));
export type Job = z.infer<typeof job>;

export const jobStubs = z.array(
  z.object({ ID: z.string(), Meta: map(z.string()) }).transform((stub) => ({ id: stub.ID, meta: stub.Meta })),
);

const taskState = z
  .object({
    State: z.string(),
    Failed: z.boolean(),
    Restarts: z.number(),
    Events: list(
      z.object({ Type: z.string(), DisplayMessage: z.string(), Time: z.number(), Details: map(z.string()) }),
    ),
  })
  .transform((state) => ({
    state: state.State,
    failed: state.Failed,
    restarts: state.Restarts,
    events: state.Events.map((event) => ({
      type: event.Type,
      message: event.DisplayMessage,
      /** Nanoseconds since 1970, as far as a number holds them: enough to tell events apart. */
      time: event.Time,
      outOfMemory: event.Details["oom_killed"] === "true",
    })),
  }));

export const allocations = z.array(
  z
    .object({
      ID: z.string(),
      NodeName: z.string(),
      JobVersion: z.number(),
      ClientStatus: z.string(),
      ClientDescription: z.string(),
      DesiredStatus: z.string(),
      DesiredDescription: z.string(),
      TaskStates: map(taskState),
      DeploymentStatus: z.object({ Healthy: z.boolean().nullable() }).nullish(),
    })
    .transform((allocation) => ({
      id: allocation.ID,
      node: allocation.NodeName,
      jobVersion: allocation.JobVersion,
      client: allocation.ClientStatus,
      clientWhy: allocation.ClientDescription,
      desired: allocation.DesiredStatus,
      desiredWhy: allocation.DesiredDescription,
      tasks: allocation.TaskStates,
      healthy: allocation.DeploymentStatus?.Healthy ?? undefined,
    })),
);
export type Allocation = z.infer<typeof allocations>[number];

export const allocatedPorts = z.array(
  z
    .object({
      ID: z.string(),
      AllocatedResources: z
        .object({
          Shared: z.object({
            Ports: list(z.object({ Label: z.string(), Value: z.number(), HostIP: z.string() })),
          }),
        })
        .nullable(),
    })
    .transform(({ ID, AllocatedResources }) => ({
      id: ID,
      ports: (AllocatedResources?.Shared.Ports ?? []).map(({ Label, Value, HostIP }) => ({
        label: Label,
        address: { host: HostIP, port: Value },
      })),
    })),
);

export const deployments = z.array(
  z
    .object({
      ID: z.string(),
      JobVersion: z.number(),
      JobCreateIndex: z.number(),
      Status: z.string(),
      StatusDescription: z.string(),
      TaskGroups: map(
        z.object({ DesiredTotal: z.number(), HealthyAllocs: z.number(), UnhealthyAllocs: z.number() }),
      ),
    })
    .transform((answer) => {
      const groups = Object.values(answer.TaskGroups);
      return {
        id: answer.ID,
        jobVersion: answer.JobVersion,
        jobCreateIndex: answer.JobCreateIndex,
        status: answer.Status,
        why: answer.StatusDescription,
        desired: groups.reduce((sum, group) => sum + group.DesiredTotal, 0),
        healthy: groups.reduce((sum, group) => sum + group.HealthyAllocs, 0),
        unhealthy: groups.reduce((sum, group) => sum + group.UnhealthyAllocs, 0),
      };
    }),
);
export type Deployment = z.infer<typeof deployments>[number];

const placementFailure = z.object({
  NodesEvaluated: z.number(),
  NodesFiltered: z.number(),
  NodesExhausted: z.number(),
  ConstraintFiltered: map(z.number()),
  DimensionExhausted: map(z.number()),
});

const placementFailures = map(placementFailure).transform((groups) =>
  Object.entries(groups).map(([group, failure]) => ({
    group,
    evaluated: failure.NodesEvaluated,
    filtered: failure.NodesFiltered,
    exhausted: failure.NodesExhausted,
    reasons: [...Object.keys(failure.ConstraintFiltered), ...Object.keys(failure.DimensionExhausted)],
  })),
);
export type PlacementFailure = z.infer<typeof placementFailures>[number];

export const evaluations = z.array(
  z
    .object({
      ID: z.string(),
      Status: z.string(),
      ModifyIndex: z.number(),
      FailedTGAllocs: placementFailures,
    })
    .transform((answer) => ({
      id: answer.ID,
      status: answer.Status,
      index: answer.ModifyIndex,
      failures: answer.FailedTGAllocs,
    })),
);

/** What Nomad could not place of a job, if it were registered. */
export const plan = z
  .object({ FailedTGAllocs: placementFailures })
  .transform(({ FailedTGAllocs: failures }) => failures);
export type Evaluation = z.infer<typeof evaluations>[number];
