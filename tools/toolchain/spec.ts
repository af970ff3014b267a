import type { Version } from "./version.ts";

/** A tool built by Go from a module of this repository, which pins all that goes into it. */
export interface GoSource {
  kind: "go";
  /** The folder of the module; every file in it is part of the cache key. */
  module: string;
  /** The main package, as `go build` takes it. */
  package: string;
  /** `-X` settings, beside those that make the binary small. */
  ldflags: string;
  tags: string;
  /** Needs a C compiler. */
  cgo: boolean;
}

/** A tool installed by the system's package manager. */
export interface SystemSource {
  kind: "system";
  package: string;
  /** Folders in which the package manager puts it and which are often not on a user's PATH. */
  folders: readonly string[];
}

/** When the user's own tool, found on PATH, will do. */
type OwnTool =
  | {
      kind: "version";
      /** Arguments that make it print its version. */
      ask: readonly string[];
      fits: (version: Version) => boolean;
    }
  /** It belongs to another tool's release: the user's own fits where the user's own of that one does. */
  | { kind: "part-of"; whole: ToolSpec };

export interface ToolSpec<Name extends string = string> {
  name: Name;
  version: string;
  source: GoSource | SystemSource;
  onPath: OwnTool;
  /** Its folder in Pulumi's plugin cache. Where this official plugin is installed, no other is put in its place. */
  officialPlugin?: string;
}

export interface Tool<Name extends string = string> {
  name: Name;
  version: string;
  path: string;
  from: "path" | "cache" | "built" | "official" | "apt";
}

/** What the machine is and where things go; tests give their own. */
export interface Surroundings {
  environment: NodeJS.ProcessEnv;
  cache: string;
  isRoot: boolean;
  say: (line: string) => void;
}
