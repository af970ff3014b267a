import assert from "node:assert/strict";
import { z } from "zod";
import type { Place } from "./own-cluster.ts";

const nodes = z.array(z.object({ ID: z.string(), Name: z.string() }));

/** Tells a node of Nomad's, by its name, to take jobs or none, or to send those away that it has. */
export async function tellNode(
  { nomadAddress }: Place,
  name: string,
  what: "eligible" | "ineligible" | "drain",
): Promise<void> {
  const all = nodes.parse(await (await fetch(`${nomadAddress}/v1/nodes`)).json());
  const { ID } = all.find((node) => node.Name === name) ?? assert.fail(`no node ${name}`);
  const [path, body] =
    what === "drain"
      ? ["drain", { DrainSpec: { Deadline: 60e9 }, MarkEligible: false }]
      : ["eligibility", { Eligibility: what }];
  const response = await fetch(`${nomadAddress}/v1/node/${ID}/${path}`, {
    method: "PUT",
    body: JSON.stringify(body),
  });
  assert.equal(response.status, 200, await response.text());
}
