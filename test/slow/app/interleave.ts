import assert from "node:assert/strict";
import { state } from "../../../app/state.ts";
import { asRequest, booked } from "../../support/requests.ts";

/** One way in which a service asks a database. */
export type Form = {
  name: string;
  /** Queries that it sends. */
  queries: number;
  /**
   * Fetches so many rows, once.
   *
   * @param here - to be called by each callback and listener, which have to run with the request that they are of
   */
  fetch: (rows: number, here: () => void) => Promise<void>;
};

const mostForms = 5;
const mostRows = 6;
/** Requests that begin together. */
const wave = 100;

/** Serves requests at the same time, each of its own mix of forms; fails unless each is booked what it sent. */
export async function interleave(forms: readonly Form[], requests: number): Promise<void> {
  const serving: Promise<void>[] = [];
  for (let number = 0; number < requests; number++) {
    serving.push(serve(forms, number));
    if (number % wave === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(serving);
}

async function serve(forms: readonly Form[], number: number): Promise<void> {
  const steps = Array.from({ length: number % (mostForms + 1) }, (_, step) => ({
    form: forms[(number * 7 + step * 3) % forms.length] ?? assert.fail("no form"),
    rows: (number + step) % (mostRows + 1),
  }));
  const astray: string[] = [];
  const request = await asRequest({ route: `GET /${number}` }, async (own) => {
    const fetchAll = steps.map(({ form, rows }) => async () => {
      await form.fetch(rows, () => {
        if (state().requests.getStore() !== own) astray.push(form.name);
      });
    });
    // Some one after the other, some at the same time.
    if (number % 2 === 0) for (const fetch of fetchAll) await fetch();
    else await Promise.all(fetchAll.map((fetch) => fetch()));
  });
  assert.deepEqual(astray, []);
  const { queries, items } = booked(request);
  const sum = (numbers: number[]) => numbers.reduce((total, next) => total + next, 0);
  assert.deepEqual(
    [queries, items],
    [sum(steps.map(({ form }) => form.queries)), sum(steps.map(({ rows }) => rows))],
    `request ${number}: ${steps.map(({ form }) => form.name).join(", ")}`,
  );
}
