/** The base of all errors that Nary raises on purpose: a stable code for machines, a sentence for people. */
export class NaryError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** What a user wrote cannot be used. Nothing has been deployed or destroyed. */
export class SettingsError extends NaryError {
  constructor(message: string, options?: ErrorOptions) {
    super("NARY_SETTINGS", message, options);
  }
}
