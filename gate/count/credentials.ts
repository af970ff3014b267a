import { readFileSync } from "node:fs";
import type { ConnectionOptions } from "node:tls";
import type { CounterSettings } from "../../settings/counter.ts";
import { secretOf } from "../clients/secret.ts";
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
    headers: headerFrom === undefined ? {} : { [headerFrom.name]: secretOf(headerFrom.from, environment) },
  };
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
