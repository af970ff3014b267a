/** To be fixed here: the only ones that count. */
export type ServerError = Error & { type: "ServerError"; area?: string; team?: string };
/** To be fixed at the client that sent the request: a malformed body, a wrong use of the API. */
export type ClientError = Error & { type: "ClientError"; status: number; area?: string; team?: string };
/** No error at all: a wrong password, something that is not there. */
export type ExpectedOutcome = Error & { type: "ExpectedOutcome"; status: number };
/** A dependency failed, and the request was answered all the same. */
export type RecoveredFailure = Error & {
  type: "RecoveredFailure";
  dependency: string;
  area?: string;
  team?: string;
};

/** What goes otherwise than planned in a service, told apart by who has to do something about it. */
export type AppError = ServerError | ClientError | ExpectedOutcome | RecoveredFailure;

const types: ReadonlySet<unknown> = new Set<AppError["type"]>([
  "ServerError",
  "ClientError",
  "ExpectedOutcome",
  "RecoveredFailure",
]);

export function isAppError(error: unknown): error is AppError {
  return error instanceof Error && "type" in error && types.has(error.type);
}

type Owner = { area?: string; team?: string };

export function serverError(message: string, options: Owner & ErrorOptions = {}): ServerError {
  const { cause, ...owner } = options;
  return Object.assign(errorOf(message, cause), { type: "ServerError" as const, ...owner });
}

/** @param status - of HTTP, 400 to 499 */
export function clientError(
  message: string,
  status: number,
  options: Owner & ErrorOptions = {},
): ClientError {
  const { cause, ...owner } = options;
  return Object.assign(errorOf(message, cause), { type: "ClientError" as const, status, ...owner });
}

/** @param status - of HTTP, of the answer that tells it */
export function expectedOutcome(
  message: string,
  status: number,
  options: ErrorOptions = {},
): ExpectedOutcome {
  return Object.assign(errorOf(message, options.cause), { type: "ExpectedOutcome" as const, status });
}

/** @param dependency - what failed, such as `redis` */
export function recoveredFailure(
  message: string,
  dependency: string,
  options: Owner & ErrorOptions = {},
): RecoveredFailure {
  const { cause, ...owner } = options;
  return Object.assign(errorOf(message, cause), { type: "RecoveredFailure" as const, dependency, ...owner });
}

function errorOf(message: string, cause: unknown): Error {
  return cause === undefined ? new Error(message) : new Error(message, { cause });
}

/** Whether somebody has to fix the service. Whatever is thrown without a type was not thought of, and counts. */
export function countsAsError(error: unknown): boolean {
  if (!isAppError(error)) return true;
  switch (error.type) {
    case "ServerError":
      return true;
    case "ClientError":
    case "ExpectedOutcome":
    case "RecoveredFailure":
      return false;
  }
}

/** What a client is told. The message of a server error stays here: it may say what is nobody's business. */
export function responseOf(error: unknown): { status: number; message: string } {
  if (!isAppError(error)) return { status: 500, message: "server error" };
  switch (error.type) {
    case "ServerError":
      return { status: 500, message: "server error" };
    case "ClientError":
    case "ExpectedOutcome":
      return { status: error.status, message: error.message };
    case "RecoveredFailure":
      return { status: 200, message: "ok" };
  }
}
