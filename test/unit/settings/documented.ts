import { readFile } from "node:fs/promises";
import { z } from "zod";
import { fileSettings, settings } from "../../../settings/schema.ts";

/** Keys in the tables of docs/settings.md, with the default that is written there. */
export async function documentedKeys(): Promise<Map<string, string>> {
  const text = await readFile(new URL("../../../docs/settings.md", import.meta.url), "utf8");
  return new Map(
    text.split("\n").flatMap((line) => {
      const [, name, , , fallback] = line.split(/\s*\|\s*/);
      const key = /^`nary:(.*)`$/.exec(name ?? "")?.[1];
      return key === undefined || fallback === undefined ? [] : [[key, fallback]];
    }),
  );
}

type Node = z.infer<typeof node>;
const node = z.looseObject({
  /** Of a value whose keys are documented where it is a setting of its own. */
  like: z.string().optional(),
  get properties() {
    return z.record(z.string(), node).default({});
  },
  get oneOf() {
    return z.array(node).default([]);
  },
  get anyOf() {
    return z.array(node).default([]);
  },
});

/** Keys that the schema knows; those inside an object with a dot. */
export function schemaKeys(): Set<string> {
  const schema = z.toJSONSchema(z.union([settings, fileSettings]), {
    io: "input",
    unrepresentable: "any",
    reused: "inline",
  });
  return new Set(keysIn(node.parse(schema)));
}

function keysIn({ properties, oneOf, anyOf }: Node): string[] {
  const own = Object.entries(properties).flatMap(([name, inner]) => {
    const keys = inner.like === undefined ? keysIn(inner) : [];
    return keys.length === 0 ? [name] : keys.map((key) => `${name}.${key}`);
  });
  return [...own, ...[...oneOf, ...anyOf].flatMap(keysIn)];
}
