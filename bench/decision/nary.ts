import { Judge } from "../../gate/decide/judge.ts";
import { unattended } from "../../gate/decide/rules.ts";
import { policy } from "../../settings/policy.ts";
import { Observer } from "./observer.ts";
import { background } from "./releases.ts";
import type { Policy, Watch } from "./watch.ts";

/** The gate's time limit, unless a stack gives another. */
export const limitSeconds = 3600;

const common = { intervalSeconds: 5, beside: "production" } as const;

const watchBaseline =
  (beside: Policy["beside"]): Policy["watch"] =>
  ({ phi }) =>
    watchByJudge({ type: "baseline", phi }, beside);

/** nary:baseline on any side. */
export const baselineBeside = (beside: Policy["beside"]) => ({
  kind: "baseline" as const,
  query: "the counts of both sides; settings as they are unless given, and phi",
  intervalSeconds: common.intervalSeconds,
  beside,
  watch: watchBaseline(beside),
});

export const nary: readonly Policy[] = [
  {
    ...common,
    name: "nary:zero-errors",
    kind: "nary",
    query: "the canary's counts; settings as they are unless given",
    watch: () => watchByJudge({ type: "zero-errors" }, common.beside),
  },
  {
    ...common,
    name: "nary:error-budget",
    kind: "nary",
    query:
      "the canary's counts; acceptable 0.5 %, unacceptable 1 %, phi, else settings as they are unless given",
    watch: ({ phi }) =>
      watchByJudge(
        { type: "error-budget", acceptable: background, unacceptable: 2 * background, phi },
        common.beside,
      ),
  },
  { name: "nary:baseline", ...baselineBeside("production") },
  { name: "nary:baseline+twin", ...baselineBeside("twin") },
];

/** What nary decides, by the gate's own code. */
function watchByJudge(settings: unknown, otherSide: Policy["beside"]): Watch {
  const judge = new Judge({
    policy: policy.parse(settings),
    checks: [],
    allowedErrors: [],
    limitSeconds,
    otherSide,
    witness: "optional",
    ...unattended,
  });
  const observer = new Observer();
  return {
    share: () => undefined,
    see: (more) => judge.see(observer.after(more)).type,
  };
}
