import { globSync } from "node:fs";
import { join } from "node:path";
import type { GoSource, ToolSpec } from "./spec.ts";
import { atLeast, sameMajor } from "./version.ts";

const tools = join(import.meta.dirname, "..");
const pulumiVersion = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

/** An upstream program: its pins are in tools/go/<name>. */
function upstream(name: string, source: Partial<GoSource> & Pick<GoSource, "package">): GoSource {
  return { kind: "go", module: join(tools, "go", name), ldflags: "", tags: "", cgo: false, ...source };
}

function dropIn(name: string): GoSource {
  return {
    kind: "go",
    module: join(tools, "plugins"),
    package: `./cmd/${name}`,
    ldflags: "",
    tags: "",
    cgo: false,
  };
}

/** Debian keeps each version apart and none on PATH. Looked for anew, since it may be installed meanwhile. */
function debianPostgres(): string[] {
  const folders = globSync("/usr/lib/postgresql/*/bin");
  return folders.sort((one, other) => other.localeCompare(one, "en", { numeric: true }));
}

function spec<const Name extends string>(tool: ToolSpec<Name>): ToolSpec<Name> {
  return tool;
}

const pulumi = spec({
  name: "pulumi",
  version: "3.259.0",
  source: upstream("pulumi", {
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    ldflags: `-X ${pulumiVersion}=3.259.0`,
  }),
  onPath: { kind: "version", ask: ["version"], fits: sameMajor("3.259.0") },
});

export const specs = [
  pulumi,
  spec({
    name: "pulumi-language-nodejs",
    version: "3.60.0",
    source: upstream("pulumi-language-nodejs", {
      package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
      ldflags: `-X ${pulumiVersion}=3.60.0`,
    }),
    onPath: { kind: "part-of", whole: pulumi },
  }),
  spec({
    name: "pulumi-resource-nomad",
    version: "2.6.1",
    source: dropIn("pulumi-resource-nomad"),
    onPath: { kind: "version", ask: ["-version"], fits: sameMajor("2.6.1") },
    officialPlugin: "resource-nomad-v2.6.1",
  }),
  spec({
    name: "pulumi-resource-consul",
    version: "3.15.1",
    source: dropIn("pulumi-resource-consul"),
    onPath: { kind: "version", ask: ["-version"], fits: sameMajor("3.15.1") },
    officialPlugin: "resource-consul-v3.15.1",
  }),
  spec({
    name: "pulumi-resource-docker",
    version: "5.2.0",
    source: dropIn("pulumi-resource-docker"),
    onPath: { kind: "version", ask: ["-version"], fits: sameMajor("5.2.0") },
    officialPlugin: "resource-docker-v5.2.0",
  }),
  spec({
    name: "nomad",
    version: "1.11.3",
    // The exec driver enters its namespaces in C. The tags are those of the official release.
    source: upstream("nomad", {
      package: "github.com/hashicorp/nomad",
      tags: "codegen_generated hashicorpmetrics ui",
      cgo: true,
    }),
    onPath: { kind: "version", ask: ["version"], fits: sameMajor("1.11.3") },
  }),
  spec({
    name: "consul",
    version: "1.20.5",
    source: upstream("consul", { package: "github.com/hashicorp/consul" }),
    onPath: { kind: "version", ask: ["version"], fits: sameMajor("1.20.5") },
  }),
  spec({
    name: "consul-template",
    version: "0.41.1",
    source: upstream("consul-template", { package: "github.com/hashicorp/consul-template" }),
    onPath: { kind: "version", ask: ["-version"], fits: sameMajor("0.41.1") },
  }),
  spec({
    name: "haproxy",
    version: "2.6",
    source: { kind: "system", package: "haproxy", folders: ["/usr/sbin", "/usr/local/sbin"] },
    onPath: { kind: "version", ask: ["-v"], fits: atLeast("2.6.0") },
  }),
  spec({
    name: "postgres",
    version: "13",
    source: {
      kind: "system",
      package: "postgresql",
      get folders() {
        return debianPostgres();
      },
    },
    onPath: { kind: "version", ask: ["--version"], fits: atLeast("13.0.0") },
  }),
] as const;

export type ToolName = (typeof specs)[number]["name"];
