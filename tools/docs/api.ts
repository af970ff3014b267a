import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Application, OptionDefaults, type TypeDocOptions } from "typedoc";
import type { PluginOptions } from "typedoc-plugin-markdown";
import { root } from "./program.ts";

const options: Partial<TypeDocOptions & PluginOptions> = {
  entryPoints: [join(root, "components", "index.ts")],
  tsconfig: join(root, "tsconfig.build.json"),
  plugin: ["typedoc-plugin-markdown"],
  outputs: [],
  blockTags: [...OptionDefaults.blockTags, "@creates", "@destroy"],
  router: "module",
  readme: "none",
  name: "API",
  disableSources: true,
  excludeExternals: true,
  hidePageHeader: true,
  hideGenerator: true,
  logLevel: "Warn",
};

/** The whole surface with its comments, on one page of Markdown. */
export async function renderApi(): Promise<string> {
  const app = await Application.bootstrapWithPlugins(options);
  const project = await app.convert();
  if (project === undefined || app.logger.hasWarnings())
    throw new Error("typedoc cannot make sense of the public entry; its words are above.");
  const folder = await mkdtemp(join(tmpdir(), "nary-api-"));
  try {
    await app.outputs.writeOutput({ name: "markdown", path: folder }, project);
    return await readFile(join(folder, "README.md"), "utf8");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
