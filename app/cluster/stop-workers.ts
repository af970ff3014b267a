import cluster from "node:cluster";

/**
 * Passes a signal on to the workers, for which Nomad and a container runtime know only the primary process, and ends
 * that one when they have ended. What forks workers anew has to stop doing so by itself.
 *
 * @param deadlineSeconds - after which workers are killed; longer than they give themselves, 15 unless given
 * @example stopWorkersOn("SIGTERM");
 */
export function stopWorkersOn(signal: NodeJS.Signals, { deadlineSeconds = 15 } = {}): void {
  process.once(signal, () => {
    const workers = new Set(Object.values(cluster.workers ?? {}));
    const exitIfLast = () => {
      if (workers.size === 0) process.exit();
    };
    cluster.on("exit", (worker) => {
      workers.delete(worker);
      exitIfLast();
    });
    for (const worker of workers) worker?.process.kill(signal);
    setTimeout(() => {
      for (const worker of workers) worker?.process.kill("SIGKILL");
    }, deadlineSeconds * 1000).unref();
    exitIfLast();
  });
}
