import type { Peer } from "./peer.ts";

/** ClassDojo's article: the first error destroys the canary, 75,000 requests without one promote it. */
export const seed: Peer = {
  name: "75,000 requests",
  query: "the canaries' own errorCount and requestCount, every 10 s",
  windowSeconds: 10,
  begin: () => {
    let requests = 0;
    return ({ canary }) => {
      requests += canary.requests;
      if (canary.failed > 0) return "reject";
      return requests >= 75_000 ? "promote" : "wait";
    };
  },
};
