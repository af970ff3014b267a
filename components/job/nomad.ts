/*
 * The part of Nomad's job that is rendered here, in the shape of Nomad's HTTP API. Names are Nomad's own, with capitals,
 * and so are units: durations are whole nanoseconds.
 */

export type Nanoseconds = number;

export function nanoseconds(seconds: number): Nanoseconds {
  return Math.round(seconds * 1e9);
}

export type NomadJob = {
  ID: string;
  Name: string;
  Type: "service" | "system";
  Datacenters: string[];
  Meta: Record<string, string>;
  Namespace?: string;
  NodePool?: string;
  Priority?: number;
  Constraints?: Constraint[];
  Affinities?: Affinity[];
  Spreads?: Spread[];
  Update?: Update;
  TaskGroups: TaskGroup[];
};

/** Attribute (left), operator, value (right). */
export type Constraint = { LTarget?: string; Operand: string; RTarget?: string };

export type Affinity = { LTarget: string; Operand: string; RTarget: string; Weight: number };

export type Spread = {
  Attribute: string;
  Weight: number;
  SpreadTarget: { Value: string; Percent: number }[];
};

export type Update = {
  MaxParallel: number;
  HealthCheck: "checks" | "task_states";
  MinHealthyTime: Nanoseconds;
  HealthyDeadline: Nanoseconds;
  ProgressDeadline: Nanoseconds;
  AutoRevert: boolean;
};

export type TaskGroup = {
  Name: string;
  Count: number;
  ShutdownDelay?: Nanoseconds;
  RestartPolicy?: RestartPolicy;
  ReschedulePolicy?: ReschedulePolicy;
  Volumes?: Record<string, { Name: string; Type: "host"; Source: string; ReadOnly: boolean }>;
  Networks: Network[];
  Services?: Service[];
  Tasks: Task[];
};

export type RestartPolicy = {
  Attempts: number;
  Mode: "fail" | "delay";
  Delay?: Nanoseconds;
  Interval?: Nanoseconds;
};

export type ReschedulePolicy = {
  Attempts: number;
  Interval?: Nanoseconds;
  Unlimited: boolean;
  Delay?: Nanoseconds;
  DelayFunction?: "constant" | "exponential" | "fibonacci";
  MaxDelay?: Nanoseconds;
};

export type Network = {
  DynamicPorts?: { Label: string; To?: number }[];
  ReservedPorts?: { Label: string; Value: number; To?: number }[];
};

export type Service = {
  Name: string;
  PortLabel: string;
  Provider: "consul";
  Meta?: Record<string, string>;
  Tags?: string[];
  Checks: Check[];
};

export type Check = {
  Name: string;
  Interval: Nanoseconds;
  Timeout: Nanoseconds;
  /** What a roll-out makes of a failing check. */
  OnUpdate: "require_healthy" | "ignore_warnings" | "ignore";
  /** The service's own unless given. */
  PortLabel?: string;
  FailuresBeforeCritical?: number;
  SuccessBeforePassing?: number;
} & (
  | { Type: "tcp" }
  | {
      Type: "http";
      Path: string;
      Method?: string;
      Protocol?: "http" | "https";
      TLSSkipVerify?: boolean;
      Header?: Record<string, string[]>;
      Body?: string;
    }
  | { Type: "grpc"; GRPCService?: string; GRPCUseTLS: boolean; TLSSkipVerify: boolean }
  | { Type: "script"; Command: string; Args: string[]; TaskName: string }
);

export type Task = {
  Name: string;
  Driver: "docker" | "exec" | "raw_exec";
  Config: DriverConfig;
  Env: Record<string, string>;
  Resources: { CPU: number; MemoryMB: number };
  KillSignal: string;
  KillTimeout: Nanoseconds;
  /** When it runs, for tasks beside the main one. */
  Lifecycle?: { Hook: "prestart"; Sidecar: boolean };
  Templates?: Template[];
  /** With it, templates ask Consul as the task itself, by its workload identity, where Nomad gives tasks one. */
  Consul?: Record<string, never>;
  Artifacts?: Artifact[];
  VolumeMounts?: { Volume: string; Destination: string; ReadOnly: boolean }[];
};

export type DriverConfig = {
  image?: string;
  ports?: string[];
  force_pull?: boolean;
  network_mode?: string;
  command?: string;
  args?: string[];
};

export type Template = {
  EmbeddedTmpl: string;
  /** Where it is written to, below the task's folder. */
  DestPath: string;
  Perms: string;
  /** Whether its lines are variables of the task's environment. */
  Envvars?: boolean;
  /** Whether the task fails where the template asks for what is not there. */
  ErrMissingKey?: boolean;
} & (
  | { ChangeMode: "noop" | "restart" }
  | { ChangeMode: "signal"; ChangeSignal: string }
  | {
      ChangeMode: "script";
      ChangeScript: { Command: string; Args: string[]; Timeout: Nanoseconds; FailOnError: boolean };
      Wait: { Min: Nanoseconds; Max: Nanoseconds };
      /** Up to this long, at random, Nomad waits before it runs the script. */
      Splay: Nanoseconds;
    }
);

export type Artifact = {
  GetterSource: string;
  /** Where it is put, below the task's folder. */
  RelativeDest: string;
  GetterMode: "any" | "file" | "dir";
  GetterOptions: Record<string, string>;
  GetterHeaders: Record<string, string>;
};
