import Mocha from "mocha";
import { mochaHooks } from "../support/hooks.ts";

export type Counts = { passed: number; failed: number };

/** Runs the files one after another in this process, so that they share one loopback cluster. */
export async function runMocha(files: readonly string[], grep: string | undefined): Promise<Counts> {
  const mocha = new Mocha({
    timeout: 30_000,
    slow: 5_000,
    forbidOnly: true,
    forbidPending: true,
    rootHooks: mochaHooks,
    ...(grep === undefined ? {} : { fgrep: grep }),
  });
  for (const file of files) mocha.addFile(file);
  await mocha.loadFilesAsync();
  const { promise, resolve } = Promise.withResolvers<Counts>();
  const runner = mocha.run(() => {
    resolve({ passed: runner.stats?.passes ?? 0, failed: runner.stats?.failures ?? 0 });
  });
  return promise;
}
