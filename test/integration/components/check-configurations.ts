import assert from "node:assert/strict";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { liveCertificates } from "../../../components/haproxy/certificates.ts";
import { renderConfiguration } from "../../../components/haproxy/configuration.ts";
import type { Description } from "../../../components/haproxy/description.ts";
import { filesOf } from "../../../components/haproxy/files.ts";
import { files, nothingCarried } from "../../../components/haproxy/scripts.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { runProgram } from "../../support/program.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { makeCertificate } from "./certificate.ts";

/** Files that Nomad would render from a Variable. */
const readsVariable = (template: string) => template.includes("nomadVar");

/** Renders each with the real consul-template, all in one process, and resolves to their folders. */
export async function render(haproxies: readonly Description[]): Promise<string[]> {
  const { environment } = await sharedCluster();
  const root = await temporaryFolder();
  const pairs: string[] = [];
  const folders = await Promise.all(
    haproxies.map(async (haproxy, index) => {
      const folder = join(root, String(index));
      const all = [
        { path: "local/rendered.cfg", template: renderConfiguration(haproxy) },
        ...filesOf(haproxy),
      ];
      for (const { path, template } of all.filter((file) => !readsVariable(file.template))) {
        const source = join(folder, `${path}.tpl`);
        await mkdir(dirname(source), { recursive: true });
        // Templates that are the same would be one to consul-template.
        await writeFile(source, `{{/* ${index} */}}${template}`);
        pairs.push("-template", `${source}:${join(folder, path)}`);
      }
      return folder;
    }),
  );
  const { exitCode, stderr } = await runProgram("consul-template", ["-once", "-log-level", "err", ...pairs], {
    env: environment,
  });
  assert.equal(exitCode, 0, stderr.slice(0, 4000));
  return folders;
}

/** What was rendered into a folder. */
export const configurationIn = (folder: string) => readFile(join(folder, "local/rendered.cfg"), "utf8");

/** Fails with HAProxy's own words for the first description whose configuration it does not accept. */
export async function assertAccepted(haproxies: readonly Description[]): Promise<void> {
  const { environment } = await sharedCluster();
  const certificate = join(await temporaryFolder(), "certificate.pem");
  await makeCertificate(certificate, "any.example");
  const folders = await render(haproxies);
  const waiting = haproxies.entries();
  const work = async () => {
    for (const [index, haproxy] of waiting) {
      const cwd = join(folders[index] ?? "", "local");
      await mkdir(join(cwd, "../secrets"), { recursive: true });
      await writeFile(join(cwd, files.carried), nothingCarried);
      for (const file of liveCertificates(haproxy.tls.certificates))
        await copyFile(certificate, join(cwd, file));
      const { exitCode, stderr } = await runProgram("haproxy", ["-c", "-f", "rendered.cfg"], {
        cwd,
        env: environment,
      });
      assert.equal(exitCode, 0, `${stderr}\n${JSON.stringify(haproxy)}`);
    }
  };
  await Promise.all([work(), work()]);
}
