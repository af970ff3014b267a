import { Router } from "express";
import { expectedOutcome } from "../../../app/index.ts";
import { classById } from "../models/classes.ts";
import type { Models } from "../mistakes.ts";
import { idOf } from "./id.ts";

/** A class with its students: two queries, however many students there are. */
export function classesRouter({ studentsByIds }: Pick<Models, "studentsByIds">): Router {
  const classes = Router();
  classes.get("/:id", async (request, response) => {
    const found = await classById(idOf(request.params.id));
    if (found === undefined) throw expectedOutcome("There is no such class.", 404);
    const { id, name, studentIds } = found;
    response.json({ id, name, students: await studentsByIds(studentIds) });
  });
  return classes;
}
