import { z } from "zod";
import type { NaryError } from "../../settings/errors.ts";
import { PulumiError, StackLockedError, UsageError, type StackHolder } from "../errors.ts";
import type { Ran } from "./apart.ts";

const tailLines = 20;

/** What a shell ends with that finds no such program. */
const noProgram = 127;

/** What a failed Pulumi meant, as a sentence that says how to mend it. */
export function pulumiFailure(args: readonly string[], ran: Ran): NaryError {
  const stack = args[args.indexOf("--stack") + 1] ?? "";
  const output = tailOf(`${ran.stdout}\n${ran.stderr}`);
  if (ran.code === noProgram) {
    return new PulumiError(
      "There is no usable pulumi on the PATH: install it, or run nary through `npm run nary --`.",
      output,
    );
  }
  if (/no stack named .* found/.test(ran.stderr)) {
    return new UsageError(
      `There is no stack ${stack} in this project. \`pulumi stack ls\` lists the stacks; ` +
        `create it with: pulumi stack init ${stack}`,
    );
  }
  if (/incorrect passphrase/.test(ran.stderr)) {
    return new PulumiError(
      `The passphrase of the stack ${stack} is wrong: set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE ` +
        "to the one that the stack was created with.",
      output,
    );
  }
  if (/PULUMI_ACCESS_TOKEN must be set/.test(ran.stderr)) {
    return new PulumiError(
      "Pulumi does not know where the stacks' state is: run `pulumi login`, or set PULUMI_BACKEND_URL to the backend.",
      output,
    );
  }
  if (/passphrase must be set/.test(ran.stderr)) {
    return new PulumiError(
      `The stack ${stack} has a passphrase: set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE.`,
      output,
    );
  }
  if (/stack is currently locked by|Another update is currently in progress/.test(ran.stderr + ran.stdout)) {
    return new StackLockedError(
      holdersIn(ran.stderr + ran.stdout),
      `The stack ${stack} is locked by another Pulumi. When that one is known to be dead: pulumi cancel --stack ${stack}`,
      output,
    );
  }
  const error =
    /^error: (.+)$/m.exec(ran.stderr)?.[1] ??
    /^ *error: (.+)$/m.exec(ran.stdout)?.[1] ??
    diagnosedIn(ran.stdout);
  return new PulumiError(
    `pulumi ${args[0] ?? ""} of ${stack} failed: ${error?.replace(/[.\s]+$/, "") ?? `it ended with exit code ${ran.code}`}`,
    output,
  );
}

function tailOf(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.slice(-tailLines).join("\n");
}

/**
 * The processes that a backend of files names: `created by user@host (pid 4711) at 2026-01-02T…`. Pulumi's own service
 * names none.
 */
function holdersIn(text: string): StackHolder[] {
  return [...text.matchAll(/created by \S+@(\S+) \(pid (\d+)\)/g)].map(([, host = "", pid]) => ({
    host,
    pid: Number(pid),
  }));
}

const diagnosed = z.object({
  diagnostics: z.array(z.object({ severity: z.string().optional(), message: z.string().optional() })),
});

/** What went wrong by the JSON that `pulumi preview --json` gives. */
function diagnosedIn(text: string): string | undefined {
  try {
    const { diagnostics } = diagnosed.parse(JSON.parse(text));
    const errors = diagnostics.flatMap(({ severity, message }) =>
      severity === "error" && message !== undefined ? [message.replaceAll(/\s+/g, " ").trim()] : [],
    );
    return errors.length === 0 ? undefined : errors.join("; ");
  } catch {
    return undefined;
  }
}
