import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { page } from "../../../components/haproxy/page.ts";
import { files, nothingCarried } from "../../../components/haproxy/scripts.ts";
import { ensureTools } from "../../../tools/toolchain/index.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { runProgram } from "../../support/program.ts";
import { temporaryFolder } from "../../support/temporary.ts";

/** What the real consul-template makes of templates, each with a scratch of its own; all in one process. */
export async function renderTemplates(templates: readonly string[]): Promise<string[]> {
  const { environment } = await sharedCluster();
  const [tool] = await ensureTools(["consul-template"]);
  const folder = await temporaryFolder();
  const files = await Promise.all(
    templates.map(async (text, index) => {
      const [from, to] = [join(folder, `${index}.tpl`), join(folder, `${index}.out`)];
      await writeFile(from, text);
      return { from, to };
    }),
  );
  const { exitCode, stderr } = await runProgram(
    tool?.path ?? "consul-template",
    ["-once", "-consul-retry-attempts=1", ...files.flatMap(({ from, to }) => ["-template", `${from}:${to}`])],
    { env: environment },
  );
  if (exitCode !== 0) throw new Error(`consul-template ended with ${exitCode}: ${stderr}`);
  return await Promise.all(files.map(({ to }) => readFile(to, "utf8")));
}

/** What HAProxy says against a configuration; empty when it accepts it. */
export async function checkConfiguration(text: string): Promise<string> {
  const folder = await temporaryFolder();
  await Promise.all([
    writeFile(join(folder, "haproxy.cfg"), text),
    writeFile(join(folder, page), "none"),
    writeFile(join(folder, files.carried), nothingCarried),
  ]);
  const { environment } = await sharedCluster();
  const { exitCode, stderr } = await runProgram("haproxy", ["-c", "-f", "haproxy.cfg"], {
    cwd: folder,
    env: environment,
  });
  return exitCode === 0 ? "" : stderr;
}
