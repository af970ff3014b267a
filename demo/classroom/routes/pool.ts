import type { Request, Response } from "express";
import { pool } from "../database.ts";

/** Tells how this instance's connections to the database are, without a query. */
export function tellPool(_request: Request, response: Response): void {
  const { totalCount, idleCount, waitingCount } = pool;
  response.json({ connections: totalCount, idle: idleCount, waiting: waitingCount });
}
