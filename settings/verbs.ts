/** What people, or a newer release, may ask of a gate that runs. */
export const verbs = ["pause", "resume", "promote", "abort", "supersede"] as const;
export type Verb = (typeof verbs)[number];
