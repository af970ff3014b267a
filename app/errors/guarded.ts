/** Does what must not become an error of the request: a log, a metric or an alert that fails is a warning of the process. */
export function guarded(work: () => unknown): void {
  try {
    const result = work();
    if (result instanceof Promise) result.catch(warn);
  } catch (error) {
    warn(error);
  }
}

function warn(error: unknown): void {
  process.emitWarning(`@nary/app could not pass something on: ${String(error)}`);
}
