import { runEnds, testBegins, testEnds } from "./at-end.ts";
import { stopSharedCluster } from "./cluster.ts";
import { removeTemporaryFolders } from "./temporary.ts";

/** Root hooks: what a test has left ends with it, and what tests share ends with the run. */
export const mochaHooks = {
  beforeEach: testBegins,
  afterEach: testEnds,
  async afterAll(this: Mocha.Context) {
    this.timeout(60_000);
    try {
      await runEnds();
      await stopSharedCluster();
    } finally {
      await removeTemporaryFolders();
    }
  },
};
