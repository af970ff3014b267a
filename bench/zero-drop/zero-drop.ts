import type { Found } from "../main.ts";
export function runZeroDrop(_: object): Promise<Found> {
  return Promise.reject(new Error("x"));
}
