import { tasksOf, type JobView } from "./job.ts";
import type { Violation } from "./violation.ts";

const secretName =
  /(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|SECRET_KEY|SECRET_ACCESS_KEY|TOKEN|API_?KEY|PRIVATE_KEY|CREDENTIALS)$/i;

/** Formats that nothing but a secret has; each from its issuer's own documentation. */
const secretValues = [
  /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/,
  /\bAKIA[0-9A-Z]{16}\b/,
  /\bgh[pousr]_[A-Za-z0-9]{36,}\b/,
  /\bgithub_pat_[A-Za-z0-9_]{22,}\b/,
  /\bglpat-[A-Za-z0-9_-]{20,}/,
  /\bxox[abprs]-[A-Za-z0-9-]{10,}/,
  /\bsk_live_[A-Za-z0-9]{16,}\b/,
  /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/,
];

/** `scheme://user:password@host`, unless the password is filled in by Nomad. */
const passwordInUrl = /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:(?!\$\{)[^\s/@]+@/i;

/** What names a secret is none where it says where the secret is, or how something about it is set. */
const isHarmless = (value: string) =>
  value === "" ||
  /^\$\{[^}]+\}$/.test(value) ||
  /^\.{0,2}\/[^\s]*$/.test(value) ||
  /^(?:true|false|on|off|\d{1,6})$/i.test(value);

const isSecret = (name: string, value: string) =>
  (secretName.test(name) && !isHarmless(value)) ||
  passwordInUrl.test(value) ||
  secretValues.some((format) => format.test(value));

/** The plain environment stands in the job, for everyone who may read jobs, and in the stack's state. */
export function noPlainSecrets(job: JobView): Violation[] {
  return tasksOf(job).flatMap(({ Name: task, Env: env }) =>
    Object.entries(env)
      .filter(([name, value]) => typeof value === "string" && isSecret(name, value))
      .map(([name]) => ({
        rule: "no-plain-secrets" as const,
        what: `the variable ${name} of the task ${task} in the job ${job.ID} looks like a secret in plain text`,
        mend: "put it into a Nomad Variable and name it under secrets",
      })),
  );
}
