import { tasksOf, type JobView } from "./job.ts";
import type { Violation } from "./violation.ts";

/** The plain environment stands in the job, for everyone who may read jobs, and in the stack's state. */
export function noPlainSecrets(job: JobView): Violation[] {
  return tasksOf(job).flatMap((task) =>
    Object.entries(task.Env).flatMap(([name, value]) => {
      const looks = typeof value === "string" ? likenessOf(name, value) : undefined;
      if (looks === undefined) return [];
      return [
        {
          rule: "no-plain-secrets" as const,
          // The value is what must not be shown.
          what: `the variable ${name} of the task ${task.Name} in the job ${job.ID} ${looks}`,
          mend: "put it into a Nomad Variable and name it under secrets",
        },
      ];
    }),
  );
}

/** Names that end in what a secret is called; `…_FILE`, `…_TTL` and the like tell of one. */
const secretName =
  /(?:PASSWORD|PASSWD|PASSPHRASE|(?:^|_)(?:PWD|SECRET|TOKEN|CREDENTIALS?|(?:API|APP|ACCESS|AUTH|PRIVATE|SECRET|SIGNING|ENCRYPTION)_?KEY))(?:_?\d+)?$/;

/** The shell's variables for folders, which end as a password does. */
const folders: ReadonlySet<string> = new Set(["PWD", "OLDPWD"]);

/** What stands for a value, or only switches something. */
const noSecret = /^(?:|\$\{[^}]*\}|true|false|on|off|yes|no|none|null|\d{1,5}|\/(?:[\w.-]+\/)+[\w.-]+)$/i;

const secretValues = [
  ["holds a private key", /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----/],
  // An interpolated password is none that stands here.
  ["holds a URL with a password", /\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/?#]*:(?!\$\{[^}]*\}@)[^\s@/?#]+@/i],
  [
    "holds what looks like a token",
    new RegExp(
      [
        String.raw`\b(?:AKIA|ASIA)[0-9A-Z]{16}\b`,
        String.raw`\bgh[pousr]_[A-Za-z0-9]{36,}`,
        String.raw`\bgithub_pat_[A-Za-z0-9_]{50,}`,
        String.raw`\bglpat-[A-Za-z0-9_-]{20,}`,
        String.raw`\bxox[abeoprs]-[A-Za-z0-9-]{20,}`,
        String.raw`\b[rs]k_live_[A-Za-z0-9]{16,}`,
        String.raw`\bAIza[A-Za-z0-9_-]{35}`,
        String.raw`\bnpm_[A-Za-z0-9]{36}\b`,
        String.raw`\bhv[sb]\.[A-Za-z0-9_-]{24,}`,
        String.raw`\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}`,
      ].join("|"),
    ),
  ],
] as const;

function likenessOf(name: string, value: string): string | undefined {
  const plain = name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase();
  if (secretName.test(plain) && !folders.has(plain) && !noSecret.test(value)) return "is called as a secret";
  return secretValues.find(([, pattern]) => pattern.test(value))?.[0];
}
