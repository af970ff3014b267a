export type ToolchainErrorCode = "missing" | "build-failed" | "install-failed";

export class ToolchainError extends Error {
  override name = "ToolchainError";
  readonly code: ToolchainErrorCode;

  constructor(code: ToolchainErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
