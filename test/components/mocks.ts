import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

/** A resource that a program has registered. */
export type Registered = { type: string; name: string; inputs: Record<string, unknown> };

const registered: Registered[] = [];
const inputs = z.record(z.string(), z.unknown());
let kept = "";

/** Pulumi without an engine. Has to be called before a component is imported. */
export async function mockPulumi(): Promise<void> {
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs: given }) => {
        registered.push({ type, name, inputs: inputs.parse(given) });
        return { id: `${name}-id`, state: inputs.parse(given) };
      },
      call: () => ({ var: { promoted: kept } }),
    },
    "nary",
    "test",
    false,
  );
}

/** What the record `promoted` holds from now on; nothing when it is empty. */
export function keepPromoted(text: string): void {
  kept = text;
}

/** What is registered while the work is done, in the order in which Pulumi hears of it. */
export async function registeredBy(work: () => unknown): Promise<Registered[]> {
  registered.length = 0;
  await work();
  await settled();
  return [...registered].sort((one, other) =>
    `${one.type}${one.name}`.localeCompare(`${other.type}${other.name}`),
  );
}

/** Under mocks nothing says that all is registered: wait until nothing more comes. */
async function settled(): Promise<void> {
  for (let before = -1; before < registered.length;) {
    before = registered.length;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The value of an output. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  const { promise, resolve } = Promise.withResolvers<T>();
  output.apply((value) => {
    resolve(value);
  });
  return promise;
}
