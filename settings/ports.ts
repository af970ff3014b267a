import { z } from "zod";
import { fromText } from "./loose.ts";
import { portLabelError, portLabel, portNumber } from "./names.ts";
import type { task } from "./task.ts";

const options = z.strictObject(
  {
    /** Port inside the container; the number that Nomad chose unless given. */
    to: fromText(portNumber).optional(),
    /** Port on the client; chosen by Nomad unless given. */
    static: fromText(portNumber).optional(),
  },
  { error: "must be {}, or have to or static" },
);

const apart = (numbers: (number | undefined)[]) => {
  const given = numbers.filter((number) => number !== undefined);
  return new Set(given).size === given.length;
};

/** Ports by their labels. */
export const ports = z
  .record(portLabel, options, {
    error: (issue) =>
      issue.code === "invalid_key" ? portLabelError : "must be labels of ports, each with its options or {}",
  })
  .refine((all) => apart(Object.values(all).map((port) => port.static)), {
    error: "must not have a static port twice",
  })
  .refine((all) => apart(Object.values(all).map((port) => port.to)), {
    error: "must not have a port inside the container twice",
  })
  .default({});
export type Ports = z.infer<typeof ports>;

/** Only a container with an address of its own has ports inside that are others than outside. */
export function toFits(
  { ports: given, task: runs }: { ports: Ports; task: z.infer<typeof task> },
  context: z.RefinementCtx,
): void {
  if (runs.driver === "docker" && runs.networkMode !== "host") return;
  for (const [label, port] of Object.entries(given)) {
    if (port.to === undefined) continue;
    const message = "must be left out where the release is no container, or shares the client's network";
    context.addIssue({ code: "custom", path: ["ports", label, "to"], message });
  }
}
