import { clientError } from "../../../app/index.ts";

/** The id in a path; what is none is the client's to mend. */
export function idOf(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw clientError("An id is a number of at most nine digits.", 400);
}
