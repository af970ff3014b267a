import express, { type Express } from "express";
import { errorHandler, nary, owner } from "../../app/express.ts";
import type { Kit } from "../../app/index.ts";
import type { Models } from "./mistakes.ts";
import { classesRouter } from "./routes/classes.ts";
import { pointsRouter } from "./routes/points.ts";
import { tellPool } from "./routes/pool.ts";

/** The app: each route is of one area, and each area of one team. */
export function createApp(kit: Kit, models: Models): Express {
  const app = express();
  app.use(nary(kit));
  app.use("/classes/:id/points", owner({ area: "points", team: "rewards" }), pointsRouter(models));
  app.use("/classes", owner({ area: "classes", team: "core" }), classesRouter(models));
  app.get("/", owner({ area: "pool", team: "platform" }), tellPool);
  app.use(errorHandler(kit));
  return app;
}
