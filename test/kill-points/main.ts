import { parseArgs } from "node:util";
import { allTools, ensureTools, toolEnvironment } from "../../tools/toolchain/index.ts";
import { stopSharedCluster } from "../support/cluster.ts";
import { removeTemporaryFolders } from "../support/temporary.ts";
import { runKillPoints } from "./run.ts";

const { values } = parseArgs({
  options: { lanes: { type: "string", default: "3" }, only: { type: "string" } },
});
Object.assign(process.env, toolEnvironment(await ensureTools(allTools)));
try {
  const only = values.only === undefined ? undefined : new RegExp(values.only);
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  const results = await runKillPoints({ lanes: Number(values.lanes), only, say });
  const failed = results.filter(({ wrong }) => wrong.length > 0).length;
  say(`${results.length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && results.length > 0 ? 0 : 1;
} finally {
  await stopSharedCluster();
  await removeTemporaryFolders();
}
