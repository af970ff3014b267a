import { responseOf } from "../errors/taxonomy.ts";
import { state } from "../state.ts";
import { endRequest, newRequest } from "./request.ts";

/** What a piece of work is, and whose. */
export type Work = { route: string; area?: string; team?: string };

/**
 * Counts a piece of work as a request: that of a framework which the kit does not know, a job of a queue, a run of a
 * timer. It ends when the work does; it has failed when that rejects with what has to be fixed here, or when it logged
 * a server error. What it rejects with is the caller's to log.
 *
 * @param route - what the requests of its kind have in common, such as `job send-mail`
 * @example await runRequest({ route: "job send-mail", team: "mail" }, () => send(job));
 */
export async function runRequest<Result>(
  { route, area, team }: Work,
  work: () => Result | PromiseLike<Result>,
): Promise<Result> {
  const request = Object.assign(newRequest(), { route, area, team });
  try {
    const result = await state().requests.run(request, work);
    endRequest(request, { type: "finished", status: 200 });
    return result;
  } catch (error) {
    endRequest(request, { type: "finished", status: responseOf(error).status });
    throw error;
  }
}
