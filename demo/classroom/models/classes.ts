import { ofModel } from "../../../app/index.ts";
import { pool } from "../database.ts";

export type Class = { id: number; name: string; studentIds: number[] };

export async function classById(id: number): Promise<Class | undefined> {
  const { rows } = await ofModel("classes", () =>
    pool.query<Class>('select id, name, student_ids as "studentIds" from classes where id = $1', [id]),
  );
  return rows[0];
}
