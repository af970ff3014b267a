/** A file that Nomad renders from a template of its own before a task starts, and again when what it reads changes. */
export interface TemplateArgs {
  /** The template. May read Nomad Variables, Consul's keys and services. */
  data: string;
  /** Path of the file, below the task's folder; `secrets/` is in memory. */
  destination: string;
  /** Whether lines of NAME=text in it are variables of the task's environment. Default: false. */
  env?: boolean | undefined;
  /** The file's permissions, octal. Default: `0644`. */
  perms?: string | undefined;
  /**
   * What becomes of the task when the file changes. A restart takes an instance's counts with it.
   * Default: `{ mode: "noop" }`, nothing.
   */
  onChange?: { mode: "noop" } | { mode: "restart" } | { mode: "signal"; signal: string } | undefined;
}

/** What Nomad's client downloads before a task starts. */
export interface ArtifactArgs {
  /** Where from, as go-getter has it: an address of a file, an archive, a Git repository. */
  source: string;
  /** Where to, below the task's folder. Default: `local/`. */
  destination?: string | undefined;
  /** A file, a folder, or whatever the source is. Default: `any`. */
  mode?: "any" | "file" | "dir" | undefined;
  /** Options of go-getter, such as `checksum: "sha256:…"`. Default: none. */
  options?: Record<string, string> | undefined;
  /** Headers of the request, for sources by HTTP. Default: none. */
  headers?: Record<string, string> | undefined;
}

/** What is there in a task's folder before it starts. */
export interface FilesArgs {
  /** Files rendered by Nomad. Default: none. */
  templates?: TemplateArgs[] | undefined;
  /** What is downloaded. Default: none. */
  artifacts?: ArtifactArgs[] | undefined;
}

/** A folder of the client that its configuration calls a host volume. */
export interface VolumeArgs {
  /** What the client calls it. */
  source: string;
  /** Where it is in each task of the instance, an absolute path. */
  destination: string;
  /** Whether the tasks can only read it. Default: false. */
  readOnly?: boolean | undefined;
}

/** A task beside the one that runs the release. It is told of the instance by NARY_RELEASE, NARY_ROLE, NARY_SERVICE. */
export interface HelperArgs extends FilesArgs {
  /** Name; the task is called `<name>-sidecar` or `<name>-prestart`. */
  name: string;
  /** What it runs. */
  task:
    | {
        driver: "docker";
        image: string;
        /** Instead of the image's own command. */
        command?: string | undefined;
        /** Arguments of the command. Default: none. */
        args?: string[] | undefined;
        /** Pull the image even when the client has it. Default: false. */
        forcePull?: boolean | undefined;
        /** Docker's network mode. Default: Docker's own. */
        networkMode?: string | undefined;
      }
    | {
        driver: "exec" | "raw_exec";
        command: string;
        /** Arguments of the command. Default: none. */
        args?: string[] | undefined;
      };
  /** MHz. Default: 100. */
  cpu?: number | undefined;
  /** MiB. Default: 300. */
  memory?: number | undefined;
  /** Variables of the task's environment; no place for secrets. Default: none. */
  env?: Record<string, string> | undefined;
}

/** What an instance has beside the process that runs the release. */
export interface BesideArgs extends FilesArgs {
  /** Tasks that start before the release and go on as long as it runs. Default: none. */
  sidecars?: HelperArgs[] | undefined;
  /** Tasks that have to end well before the release starts, all at the same time. Default: none. */
  prestart?: HelperArgs[] | undefined;
  /** Host volumes, mounted in each task. Not where a task runs under raw_exec, which mounts nothing. Default: none. */
  volumes?: VolumeArgs[] | undefined;
}
