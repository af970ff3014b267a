export function withLock<Result>(
  lock: { folder: string; name: string; onWait?: (pid: number) => void },
  work: () => Promise<Result>,
): Promise<Result>;
