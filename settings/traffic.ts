export const trafficStates = ["on", "off"] as const;

/** Whether canaries get requests. */
export type Traffic = (typeof trafficStates)[number];
