import { createHash, timingSafeEqual } from "node:crypto";

/** Whether a request carries `authorization: Bearer TOKEN`; takes as long for a wrong one as for the right one. */
export function hasToken(header: string | undefined, token: string): boolean {
  return timingSafeEqual(digest(header ?? ""), digest(`Bearer ${token}`));
}

const digest = (text: string) => createHash("sha256").update(text).digest();
