import type { Found } from "../main.ts";
import { percentile } from "../reload/figures.ts";

export const kinds = ["nary", "polled", "whole", "article"] as const;
export type Kind = (typeof kinds)[number];

/** Milliseconds from each failed response to the last request at any canary. */
export type Took = Record<Kind, readonly number[]>;

const goalMs = 500;

const whats = {
  nary: "nary, where the service has the kit's stream",
  polled: "nary, where it is asked once a second",
  whole: "nary, by whole `nary release` commands, with the stream",
  article: "the article's script, `nomad job stop` and consul-template",
} as const satisfies Record<Kind, string>;

export function figures(took: Took): Found {
  const of = (kind: Kind) => ({ p50: percentile(took[kind], 50), p99: percentile(took[kind], 99) });
  const { nary, polled, whole, article } = {
    nary: of("nary"),
    polled: of("polled"),
    whole: of("whole"),
    article: of("article"),
  };
  const line = (kind: Kind, goal = "") => {
    const { p50, p99 } = of(kind);
    const rounds = `${took[kind].length} rounds`.padStart(10);
    return `${whats[kind].padEnd(58)} ${rounds}: no request at a canary ${p50} ms after a failed response (median), 99 % within ${p99} ms${goal}`;
  };
  return {
    object: { nary, polled, whole, article },
    lines: [line("nary", ` (the goal is ${goalMs})`), line("polled"), line("whole"), line("article")],
    ok: true,
  };
}
