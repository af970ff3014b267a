import { ofModel } from "../../../app/index.ts";
import { pool } from "../database.ts";

/** What a class was awarded; both are 0 before its first award. */
export type Points = { total: number; average: number };

export async function pointsOfClass(classId: number): Promise<Points> {
  const { rows } = await ofModel("points", () =>
    pool.query<Points>(
      `select coalesce(sum(points), 0)::int as total, coalesce(avg(points), 0)::float as average
       from awards where class_id = $1`,
      [classId],
    ),
  );
  return rows[0] ?? { total: 0, average: 0 };
}
