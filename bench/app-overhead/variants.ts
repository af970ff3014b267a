/** What one request is served with. `queries` are those that each request makes. */
export const variants = [
  { name: "bare", queries: 0 },
  { name: "counts", queries: 0 },
  { name: "bare-queries", queries: 5 },
  { name: "cost", queries: 5 },
  { name: "prom-client", queries: 0 },
  { name: "opentelemetry", queries: 5 },
] as const;

export type Variant = (typeof variants)[number];
export type VariantName = Variant["name"];
