import { ofModel } from "../../../app/index.ts";
import { pool } from "../database.ts";

export type Student = { id: number; name: string };

export async function studentById(id: number): Promise<Student | undefined> {
  const { rows } = await ofModel("students", () =>
    pool.query<Student>("select id, name from students where id = $1", [id]),
  );
  return rows[0];
}

export async function studentsByIds(ids: readonly number[]): Promise<Student[]> {
  const { rows } = await ofModel("students", () =>
    pool.query<Student>("select id, name from students where id = any($1) order by id", [ids]),
  );
  return rows;
}
