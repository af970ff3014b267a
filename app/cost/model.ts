import { AsyncLocalStorage } from "node:async_hooks";

const key = Symbol.for("@nary/app models");

// One of a process, as the kit's state: a model may name itself to another copy of the kit than the driver's.
const models = findModels();

/**
 * Books the queries that a model makes under its name, whatever tables their texts have.
 *
 * @example const students = await ofModel("students", () => pool.query("select * from students_2024"));
 */
export function ofModel<Result>(name: string, work: () => Result): Result {
  return models.run([name], work);
}

/** The model that makes queries now, as what a query is booked under; undefined where none named itself. */
export function modelNow(): readonly string[] | undefined {
  return models.getStore();
}

function findModels(): AsyncLocalStorage<readonly string[]> {
  const found: unknown = Reflect.get(globalThis, key);
  if (isModels(found)) return found;
  const made = new AsyncLocalStorage<readonly string[]>();
  Reflect.set(globalThis, key, made);
  return made;
}

function isModels(value: unknown): value is AsyncLocalStorage<readonly string[]> {
  return value instanceof AsyncLocalStorage;
}
