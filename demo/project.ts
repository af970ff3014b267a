import { cp, mkdir, readdir, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";

const root = dirname(import.meta.dirname);
const parts = ["index.ts", "package.json", "tsconfig.json", "settings", "rules", "components"];

/**
 * A copy of the Pulumi project in a new folder, so that `stack init`, which writes into the stacks' files, and other
 * stacks' settings touch nothing that is tracked.
 */
export async function copyProject(folder: string): Promise<void> {
  await mkdir(folder);
  const stacks = (await readdir(root)).filter((name) => /^Pulumi(?:\.[\w-]+)?\.yaml$/.test(name));
  for (const part of [...parts, ...stacks])
    await cp(join(root, part), join(folder, part), { recursive: true });
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
}
