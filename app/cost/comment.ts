import type { RequestState } from "../state.ts";
import { boundedCache } from "./bounded-cache.ts";

/** Routes whose comments are kept ready. A service that names routes by their whole path would have endlessly many. */
const mostRoutes = 2_000;
/** Characters of a value before it is encoded. */
const longestValue = 200;
const hasComment = /--|\/\*|#\s/;

/** What a comment says of a query. The area is not among it: it follows from the route, and each query carries the bytes. */
export type CommentFields = {
  /** Tells a canary's queries from those of production. */
  release?: string | undefined;
  /** Where the query comes from. */
  route?: string | undefined;
  /** Who mends it. */
  team?: string | undefined;
};

/**
 * A comment in the format of sqlcommenter: keys in their order, values encoded as in a URL, so that no value can end the
 * comment, be a placeholder or break the line. Empty when there is nothing to say.
 *
 * @example sqlComment({ route: "GET /classes/:id" }) // "/*route='GET%20%2Fclasses%2F%3Aid'*\/"
 */
export function sqlComment({ release, route, team }: CommentFields): string {
  const fields: string[] = [];
  for (const [name, value] of [
    ["release", release],
    ["route", route],
    ["team", team],
  ] as const) {
    if (value !== undefined && value !== "") fields.push(`${name}='${encode(value)}'`);
  }
  return fields.length === 0 ? "" : `/*${fields.join(",")}*/`;
}

/** What `encodeURIComponent` leaves that means something in SQL is encoded as well. */
function encode(value: string): string {
  const text = value.slice(0, longestValue).toWellFormed();
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * A text with a comment at its end, before a semicolon, since MySQL takes nothing behind one. A text that has a comment
 * keeps it alone; so does one that only looks as if it had, in a string, which costs nothing but the comment.
 */
export function withComment(text: string, comment: string): string {
  if (comment === "" || hasComment.test(text)) return text;
  let at = text.length;
  while (at > 0 && isEnd(text.charCodeAt(at - 1))) at--;
  return at === 0 ? text : `${text.slice(0, at)} ${comment}${text.slice(at)}`;
}

/** White space or a semicolon. */
function isEnd(code: number): boolean {
  return code <= 0x20 || code === 0x3b;
}

/** Writes the comment of each request, once a route. A request whose route is not known yet has none. */
export function commentsOf(release: string | undefined): (request: RequestState) => string {
  const known = boundedCache<{ team: string | undefined; comment: string }>(mostRoutes);
  return ({ route, team }) => {
    if (route === undefined) return "";
    const found = known.get(route);
    if (found !== undefined && found.team === team) return found.comment;
    const comment = sqlComment({ release, route, team });
    known.set(route, { team, comment });
    return comment;
  };
}
