import { newRequest } from "../../app/counts/request.ts";
import { state, type RequestState } from "../../app/state.ts";

/** Works as a request with a route does. Resolves to the request, with what it cost. */
export async function asRequest(
  about: { route?: string; team?: string },
  work: (request: RequestState) => unknown,
): Promise<RequestState> {
  const request = Object.assign(newRequest(), about);
  await state().requests.run(request, async () => {
    await work(request);
  });
  return request;
}

/** Queries and items that a request was booked with: all of them, and by table. */
export function booked({ cost }: RequestState): {
  queries: number;
  items: number;
  tables: Record<string, [queries: number, items: number]>;
} {
  const { queries, items } = cost ?? { queries: 0, items: 0 };
  const tables = [...(cost?.databases.values() ?? [])].flatMap((database) => [...database.tables]);
  return {
    queries,
    items,
    tables: Object.fromEntries(tables.map(([name, tally]) => [name, [tally.queries, tally.items]])),
  };
}
