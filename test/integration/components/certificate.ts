import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { runProgram } from "../../support/program.ts";

/** Writes a PEM bundle of key and self-signed certificate for a host name, made by openssl. Resolves to its text. */
export async function makeCertificate(file: string, host: string): Promise<string> {
  const { exitCode, stderr } = await runProgram("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"],
    ...["-subj", `/CN=${host}`, "-addext", `subjectAltName=DNS:${host}`],
    ...["-keyout", `${file}.key`, "-out", `${file}.crt`],
  ]);
  assert.equal(exitCode, 0, stderr);
  const parts = await Promise.all([`${file}.crt`, `${file}.key`].map((part) => readFile(part, "utf8")));
  await writeFile(file, parts.join(""), { mode: 0o600 });
  return parts.join("");
}
