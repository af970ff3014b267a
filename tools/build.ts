import { rm } from "node:fs/promises";
import { join } from "node:path";
import { runEntryPoint } from "./entry-point.ts";
import { runInPlace } from "./shared/child.mjs";

const root = join(import.meta.dirname, "..");
const compiler = join(root, "node_modules", "typescript", "bin", "tsc");

/** Makes dist/ and app/dist/, or the latter alone: what others install, since Node runs no TypeScript under node_modules. */
await runEntryPoint(async () => {
  const app = join(root, "app");
  for (const folder of process.argv[2] === "app" ? [app] : [root, app]) {
    // What was built from a source that is gone would be published for ever.
    await rm(join(folder, "dist"), { recursive: true, force: true });
    const exitCode = await runInPlace(process.execPath, [compiler, "-p", "tsconfig.build.json"], {
      cwd: folder,
    });
    if (exitCode !== 0) return exitCode;
  }
  return 0;
});
