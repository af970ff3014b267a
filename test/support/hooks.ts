import { stopSharedCluster } from "./cluster.ts";
import { removeTemporaryFolders } from "./temporary.ts";

/** Root hooks: what tests share ends with the run. */
export const mochaHooks = {
  async afterAll(this: Mocha.Context) {
    this.timeout(60_000);
    try {
      await stopSharedCluster();
    } finally {
      await removeTemporaryFolders();
    }
  },
};
