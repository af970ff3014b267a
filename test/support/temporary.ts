import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copyProject } from "../../demo/project.ts";

const made: string[] = [];

/** A new folder, removed at the end of the run. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), "nary-test-"));
  made.push(folder);
  return folder;
}

/** A copy of the Pulumi project, removed at the end of the run. Resolves to its folder. */
export async function projectCopy(): Promise<string> {
  const folder = join(await temporaryFolder(), "project");
  await copyProject(folder);
  return folder;
}

export async function removeTemporaryFolders(): Promise<void> {
  for (const folder of made.splice(0)) await rm(folder, { recursive: true, force: true });
}
