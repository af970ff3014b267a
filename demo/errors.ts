export type DemoErrorCode =
  /** What the user typed cannot be used; nothing was started. */
  | "usage"
  /** Something that the demo needs is not there; nothing was started. */
  | "missing"
  /** Consul or Nomad did not start, or something of the cluster could not be ended. */
  | "cluster"
  /** A command that the demo runs did not do its work. */
  | "step"
  /** The user asked to stop. */
  | "interrupted";

export class DemoError extends Error {
  override name = "DemoError";
  readonly code: DemoErrorCode;

  constructor(code: DemoErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
