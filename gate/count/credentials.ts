import { readFileSync } from "node:fs";
import type { ConnectionOptions } from "node:tls";
import type { CounterSettings } from "../../settings/counter.ts";
import { reasonOf, UsageError } from "../errors.ts";

/** What the gate shows to an instance, and wants to be shown. Never to be printed. */
export type Credentials = {
  tls: Pick<ConnectionOptions, "ca" | "cert" | "key" | "servername" | "rejectUnauthorized">;
  headers: Readonly<Record<string, string>>;
};

/**
 * Reads the files and the variable that the settings name.
 *
 * @throws UsageError for one that is not there or cannot be used, without a word of what is in it
 */
export function credentialsOf(
  { tls, headerFrom }: CounterSettings,
  environment: NodeJS.ProcessEnv = process.env,
): Credentials {
  const { caFile, certFile, keyFile, serverName, skipVerify } = tls;
  return {
    tls: {
      ...(caFile === undefined ? {} : { ca: textOf("nary:counter.tls.caFile", caFile) }),
      ...(certFile === undefined ? {} : { cert: textOf("nary:counter.tls.certFile", certFile) }),
      ...(keyFile === undefined ? {} : { key: textOf("nary:counter.tls.keyFile", keyFile) }),
      ...(serverName === undefined ? {} : { servername: serverName }),
      rejectUnauthorized: !skipVerify,
    },
    headers: headerFrom === undefined ? {} : { [headerFrom.name]: headerText(headerFrom, environment) },
  };
}

function headerText(
  { env, file }: NonNullable<CounterSettings["headerFrom"]>,
  environment: NodeJS.ProcessEnv,
): string {
  const [where, given] =
    file === undefined
      ? [`the variable ${env ?? ""}, which nary:counter.headerFrom.env names,`, environment[env ?? ""] ?? ""]
      : [
          `the file ${file}, which nary:counter.headerFrom.file names,`,
          textOf("nary:counter.headerFrom.file", file),
        ];
  const text = given.trim();
  if (/^[\t\x20-\x7e]+$/.test(text)) return text;
  const fault = text === "" ? "is empty or not there" : "holds more than one line, or other than plain ASCII";
  throw new UsageError(`A header cannot be made: ${where} ${fault}. It must be one line of plain ASCII.`);
}

function textOf(key: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(`${key} is ${JSON.stringify(path)}, which cannot be read: ${reasonOf(error)}.`, {
      cause: error,
    });
  }
}
