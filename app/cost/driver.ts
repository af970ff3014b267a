import { state } from "../state.ts";
import { commentsOf, withComment } from "./comment.ts";
import { modelNow } from "./model.ts";
import { beginQuery, type OpenQuery } from "./query.ts";
import { cachedTables, type TablesOf } from "./tables.ts";

export type DriverOptions = {
  /** What queries are booked under; `postgres` or `mysql` unless given. */
  database?: string;
  /** Names the tables of a text, such as `sqlParserTables(…)`; asked once a text. None are booked unless given. */
  tables?: TablesOf;
  /** Whether queries carry a comment with their route, team and release; true unless given. */
  comment?: boolean;
  /** As in the comment; NARY_RELEASE unless given. */
  release?: string;
};

/** What the methods of a driver ask of the kit. */
export type Driver = {
  /** @param text - as the service wrote it; undefined where only the server knows it */
  begin: (text: string | undefined) => OpenQuery | undefined;
  /** The text as it is sent. */
  comment: (open: OpenQuery | undefined, text: string) => string;
};

export function newDriver(database: string, options: DriverOptions): Driver {
  const { requests } = state();
  const tablesOf = options.tables && cachedTables(options.tables);
  const commentOf = commentsOf(options.release ?? process.env["NARY_RELEASE"]);
  const isCommenting = options.comment ?? true;
  const name = options.database ?? database;
  return {
    begin: (text) => {
      if (requests.getStore() === undefined) return undefined;
      if (text === undefined) return beginQuery({ database: name, tables: modelNow() ?? none });
      return beginQuery({ database: name, tables: modelNow() ?? tablesOf?.(text) ?? none, text });
    },
    comment: (open, text) =>
      open === undefined || !isCommenting ? text : withComment(text, commentOf(open.request)),
  };
}

const none: readonly string[] = [];
