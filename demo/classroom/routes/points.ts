import { Router } from "express";
import type { Models } from "../mistakes.ts";
import { idOf } from "./id.ts";

/** Mounted at a class, whose id is in the path. */
export function pointsRouter({ pointsOfClass }: Pick<Models, "pointsOfClass">): Router {
  const points = Router({ mergeParams: true });
  points.get<"/", { id: string }>("/", async (request, response) => {
    response.json(await pointsOfClass(idOf(request.params.id)));
  });
  return points;
}
