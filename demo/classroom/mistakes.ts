import { ofModel } from "../../app/index.ts";
import { pool } from "./database.ts";
import { pointsOfClass, type Points } from "./models/points.ts";
import { studentById, studentsByIds, type Student } from "./models/students.ts";

/** What the routes ask of the models. */
export type Models = {
  studentsByIds: (ids: readonly number[]) => Promise<Student[]>;
  pointsOfClass: (classId: number) => Promise<Points>;
};

/** What may be wrong with a release, as the variable FAULTS says it; nothing unless set. */
const mistakes = ["", "fan-out", "average"] as const;

export class MistakeError extends Error {
  override name = "MistakeError";
}

/** The models as a release has them. @throws MistakeError for a mistake that is none */
export function modelsWith(text = ""): Models {
  const right = { studentsByIds, pointsOfClass };
  const mistake = mistakes.find((known) => known === text);
  switch (mistake) {
    case "":
      return right;
    case "fan-out":
      return { ...right, studentsByIds: studentsOneByOne };
    case "average":
      return { ...right, pointsOfClass: pointsDivided };
    case undefined:
      throw new MistakeError(
        `FAULTS is ${JSON.stringify(text)}: it must be fan-out or average, or not set for none.`,
      );
  }
}

/** Reads well, fails never, and makes a query for each student. */
async function studentsOneByOne(ids: readonly number[]): Promise<Student[]> {
  const students: Student[] = [];
  for (const id of ids) {
    const student = await studentById(id);
    if (student !== undefined) students.push(student);
  }
  return students;
}

/** Divides by the number of awards, of which a class that has just begun has none. */
async function pointsDivided(classId: number): Promise<Points> {
  const { rows } = await ofModel("points", () =>
    pool.query<Points>(
      `select coalesce(sum(points), 0)::int as total, (coalesce(sum(points), 0) / count(*))::float as average
       from awards where class_id = $1`,
      [classId],
    ),
  );
  return rows[0] ?? { total: 0, average: 0 };
}
