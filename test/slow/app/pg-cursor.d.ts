/** What the tests use of pg-cursor, which has no types of its own. */
declare module "pg-cursor" {
  import type { Connection, Submittable } from "pg";

  export default class Cursor implements Submittable {
    constructor(text: string, values?: readonly unknown[]);
    submit(connection: Connection): void;
    read(rows: number): Promise<unknown[]>;
    read(rows: number, callback: (error: Error | undefined, rows: unknown[]) => void): void;
    close(): Promise<void>;
    close(callback: (error: Error | undefined) => void): void;
  }
}
