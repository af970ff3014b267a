import { responseOf } from "../errors/taxonomy.ts";
import type { Kit } from "../kit.ts";
import { state, type RequestState } from "../state.ts";

type Answer = { status: number; message: string };

/** What a client is told of something that a handler threw, which is logged if somebody has to fix it here. */
export function answerTo(kit: Kit, thrown: unknown, request: RequestState | undefined): Answer {
  const refused = refusedByFramework(thrown);
  if (refused !== undefined) return refused;
  const log = () => {
    kit.logServerError({ error: thrown });
  };
  if (request === undefined) log();
  else state().requests.run(request, log);
  return responseOf(thrown);
}

/**
 * A request that the framework itself took for malformed, which is the client's error: what http-errors makes and means
 * to be shown, Fastify's own errors, and a path that cannot be decoded. A status alone says nothing: clients of other
 * services put theirs on their errors.
 */
function refusedByFramework(thrown: unknown): Answer | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const status = "statusCode" in thrown ? thrown.statusCode : "status" in thrown ? thrown.status : undefined;
  if (typeof status !== "number" || status < 400 || status > 499) return undefined;
  const isShown = "expose" in thrown && thrown.expose === true;
  const isFastify = "code" in thrown && typeof thrown.code === "string" && thrown.code.startsWith("FST_");
  return isShown || isFastify || thrown instanceof URIError ? { status, message: thrown.message } : undefined;
}
