import { NaryError } from "../settings/errors.ts";

/** What was asked for cannot be done as asked. Nothing has been deployed or destroyed. */
export class UsageError extends NaryError {
  constructor(message: string, options?: ErrorOptions) {
    super("NARY_USAGE", message, options);
  }
}

/** A server does not answer, or says that it cannot at the moment; asking again may help. */
export class UnreachableError extends NaryError {
  constructor(message: string, options?: ErrorOptions) {
    super("NARY_UNREACHABLE", message, options);
  }
}

/** A server answered, but not what its API promises; asking again does not help. */
export class AnswerError extends NaryError {
  readonly status: number;

  constructor(message: string, status: number, options?: ErrorOptions) {
    super("NARY_ANSWER", message, options);
    this.status = status;
  }
}

/** Pulumi could not do what it was asked. */
export class PulumiError extends NaryError {
  /** The end of what Pulumi said, for people. */
  readonly output: string;

  constructor(message: string, output: string, options?: ErrorOptions) {
    super("NARY_PULUMI", message, options);
    this.output = output;
  }
}

/** A process that has the backend's lock of a stack. */
export type StackHolder = { host: string; pid: number };

/** Another Pulumi works on the stack, or has not given its lock back. */
export class StackLockedError extends PulumiError {
  /** None where the backend does not say who. */
  readonly holders: readonly StackHolder[];

  constructor(holders: readonly StackHolder[], message: string, output: string, options?: ErrorOptions) {
    super(message, output, options);
    this.holders = holders;
  }
}

/** An act could not be finished, or its end could not be proved. */
export class ActError extends NaryError {
  constructor(message: string, options?: ErrorOptions) {
    super("NARY_ACT", message, options);
  }
}

/** Somebody else is releasing this service, or has taken over from this gate. */
export class LockedError extends NaryError {
  constructor(message: string, options?: ErrorOptions) {
    super("NARY_LOCKED", message, options);
  }
}

/** A newer release has come to wait for the same place. Nothing has been deployed or destroyed. */
export class SupersededError extends NaryError {
  constructor(message: string, options?: ErrorOptions) {
    super("NARY_SUPERSEDED", message, options);
  }
}

/** The user asked to stop, and nothing was being changed; the message says how things stand. */
export class InterruptedError extends NaryError {
  constructor(message: string, options?: ErrorOptions) {
    super("NARY_INTERRUPTED", message, options);
  }
}

/** One line that says what went wrong, for any thrown value. */
export function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  // Node joins the failures of several addresses into an error without words of its own.
  if (thrown instanceof AggregateError && thrown.message === "")
    return thrown.errors.map(reasonOf).join("; ");
  return thrown.message;
}
