/** Something broke before the script could start. */
const brokenExit = 4;

export class StartError extends Error {
  name = "StartError";
  code = "start-failed";

  constructor(message, exitCode = brokenExit, cause) {
    super(message, { cause });
    this.exitCode = exitCode;
  }
}
