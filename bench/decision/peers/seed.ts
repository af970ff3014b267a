import type { Watch } from "../watch.ts";

const goalRequests = 75_000;

/**
 * The script of ClassDojo's article "Canary containers": any error stops the release, 75,000 requests without one let it
 * through.
 */
export function seed(): Watch {
  let requests = 0;
  return {
    share: () => undefined,
    see: ({ canary }) => {
      requests += canary.requests;
      if (canary.failed > 0) return "reject";
      return requests >= goalRequests ? "promote" : "wait";
    },
  };
}
