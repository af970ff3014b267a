import { createHash } from "node:crypto";

/**
 * Twelve hexadecimal digits that stay the same for the same fault in every instance and release: its name, its message
 * without what changes from one time to the next (numbers, ids, quoted texts), and the function that threw it.
 */
export function fingerprintOf(error: Error): string {
  const message = error.message
    .replace(/"[^"]*"|'[^']*'|`[^`]*`/g, "…")
    .replace(/\b[0-9a-f]{8}-[0-9a-f-]{27}\b/gi, "…")
    .replace(/\b(?:0x)?[0-9a-f]*[0-9][0-9a-f]*\b/gi, "…");
  return createHash("sha256")
    .update(`${error.name}\n${message}\n${thrower(error.stack)}`)
    .digest("hex")
    .slice(0, 12);
}

/** The name of the innermost function, without file and line: these change with every build. */
function thrower(stack: string | undefined): string {
  const line = /^\s+at (?:async )?(?:new )?([^\s(]+) \(/m.exec(stack ?? "");
  return line?.[1] ?? "";
}
