import { z } from "zod";
import { event, eventLine, eventsVersion } from "../../gate/tell/events.ts";

type Node = z.infer<typeof node>;
const node = z.looseObject({
  description: z.string().optional(),
  type: z.union([z.string().transform((type) => [type]), z.array(z.string())]).default([]),
  const: z.union([z.string(), z.number(), z.boolean()]).optional(),
  enum: z.array(z.union([z.string(), z.number()])).optional(),
  format: z.string().optional(),
  pattern: z.string().optional(),
  required: z.array(z.string()).default([]),
  get items() {
    return node.optional();
  },
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

/** docs/events.schema.json: one line of `--json`. What is not in it may come with a later version of Nary. */
export function renderEventsSchema(): object {
  return {
    ...z.toJSONSchema(eventLine, { io: "input" }),
    title: `An event of Nary, version ${eventsVersion}: one line of --json`,
  };
}

/** docs/events.md, before it is formatted. */
export function renderEvents(): string {
  return `${introduction}\n${all().map(section).join("\n")}`;
}

const introduction = `# Events

\`nary release\`, \`gate\`, \`reject\` and the other commands that act tell what they do as events. With \`--json\` each is a line on stdout:
a JSON object with \`event\`, its name, and \`at\`, when it was told. A [webhook](notify.md) gets the same objects.
[events.schema.json](events.schema.json) is the JSON Schema of a line.

The first event is \`start\`, the last one \`end\`, unless the process is killed. Its \`exitCode\` is the exit status. What goes wrong is said on
stderr too, in words.

The shape has a version, which \`start\` tells: this page is of version ${eventsVersion}. It grows when a field changes its meaning or goes. New events,
new fields, and new words in a field such as \`rule\` or \`state\` may come without it: pass over what you do not know.

\`\`\`sh
nary release registry.example/api@sha256:… --json | jq -r 'select(.event == "verdict") | .verdict + ": " + .why'
\`\`\`
`;

function all(): Node[] {
  return node.parse(z.toJSONSchema(event, { io: "input" })).oneOf;
}

function section(one: Node): string {
  const variants = one.oneOf.length === 0 ? [one] : one.oneOf;
  const named = variants[0]?.properties["event"];
  const names = named === undefined ? [] : wordsOf(named);
  const rows = new Map(variants.flatMap((variant) => rowsOf(variant, "")).map((row) => [row.name, row]));
  // Of a field that is not the same in all variants, all that it may be is told.
  for (const [name, row] of rows) {
    const types = variants.flatMap((variant) => rowsOf(variant, "").filter((its) => its.name === name));
    rows.set(name, {
      ...row,
      type: [...new Set(types.map(({ type }) => type))].join(" or "),
      isOptional: row.isOptional || types.length < variants.length,
    });
  }
  rows.delete("event");
  const table = [...rows.values()].map(
    ({ name, type, isOptional, meaning }) =>
      `| \`${name}\`${isOptional ? ", not always" : ""} | ${type} | ${meaning} |`,
  );
  return `## ${names.map((name) => `\`${name}\``).join(", ")}\n\n${one.description ?? ""}\n\n| field | type | meaning |\n|-|-|-|\n${table.join("\n")}\n`;
}

type Row = { name: string; type: string; isOptional: boolean; meaning: string };

function rowsOf({ properties, required }: Node, before: string): Row[] {
  return Object.entries(properties).flatMap(([key, field]) => {
    const name = `${before}${key}`;
    const meaning = (field.description ?? "").replaceAll("|", "\\|");
    const row = { name, type: typeOf(field), isOptional: !required.includes(key), meaning };
    return [row, ...insideOf(field, name)];
  });
}

function insideOf(field: Node, name: string): Row[] {
  const inner = field.items ?? field;
  const place = field.items === undefined ? `${name}.` : `${name}[].`;
  const variants = [inner, ...inner.oneOf, ...inner.anyOf];
  const rows = variants.flatMap((variant) => rowsOf(variant, place));
  // A variant's kind is told once, with all that it may be.
  const kinds = rows.filter((row) => row.name === `${place}type`).map(({ type }) => type);
  const seen = new Set<string>();
  return rows.flatMap((row) => {
    if (seen.has(row.name)) return [];
    seen.add(row.name);
    if (row.name !== `${place}type`)
      return [{ ...row, isOptional: row.isOptional || isOfOne(variants, row, place) }];
    const meaning = variants
      .flatMap(({ properties }) => properties["type"] ?? [])
      .map((type) => `${typeOf(type)}: ${type.description ?? ""}`)
      .join("; ");
    return [{ ...row, type: kinds.join(" or "), meaning }];
  });
}

function isOfOne(variants: readonly Node[], { name }: Row, place: string): boolean {
  const unions = variants.filter(({ properties }) => properties["type"] !== undefined);
  return unions.some(({ properties }) => !Object.hasOwn(properties, name.slice(place.length)));
}

function typeOf(field: Node): string {
  const inner = [...field.oneOf, ...field.anyOf];
  if (inner.length > 0) return [...new Set(inner.map(typeOf))].join(" or ");
  if (field.const !== undefined || field.enum !== undefined)
    return wordsOf(field)
      .map((word) => `\`${word}\``)
      .join(" or ");
  if (field.items !== undefined) return `list of ${typeOf(field.items).replaceAll(/object/g, "objects")}`;
  // The only pattern that an event's own field has: words that begin alike.
  if (field.pattern !== undefined && field.format === undefined)
    return `\`${field.pattern.replaceAll(/^\^|\$$/g, "").replace(/\(?\[\\s\\S\]\{0,\}\)?/, "…")}\``;
  return field.type.map((type) => (type === "string" ? "text" : type)).join(" or ");
}

function wordsOf(field: Node): string[] {
  return (field.const === undefined ? (field.enum ?? []) : [field.const]).map(String);
}
