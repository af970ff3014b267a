import assert from "node:assert/strict";
import fc from "fast-check";
import { renderConfiguration } from "../../../components/haproxy/configuration.ts";
import { description } from "../../../components/haproxy/description.ts";
import { filesOf } from "../../../components/haproxy/files.ts";

/** Settings with one text of each kind, at the place of which another is put. */
const harmless = {
  environment: "default",
  service: "api",
  port: 8080,
  statsPort: 8404,
  bind: "127.0.0.1",
  command: "haproxy",
  statusPath: "/status",
  counterPath: "/counts",
  tls: {
    certificates: [{ path: "/a.pem" }, { variable: "nomad/jobs/api-haproxy", item: "pem" }],
    minVersion: "TLSv1.2",
  },
  accessLog: true,
  internalPaths: ["/admin"],
  extra: { global: ["a b"], defaults: ["a b"], frontend: ["a b"], backend: ["a b"] },
  also: [
    { service: "web", environment: "other", hosts: ["web.example"], paths: ["/web"], statusPath: "/up" },
  ],
  listeners: [
    { name: "one", mode: "http", port: 81, bind: "127.0.0.1", to: "web" },
    { name: "two", mode: "tcp", port: 82, to: "database" },
  ],
  unavailablePage: "x",
};

/** Where a text stands in the settings. */
type Place = readonly (string | number)[];

function placesIn(value: unknown, at: Place = []): Place[] {
  if (typeof value === "string") return [at];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...at, key]));
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

function put(value: unknown, [key, ...rest]: Place, text: string): unknown {
  if (key === undefined) return text;
  if (isList(value)) return value.with(Number(key), put(value[Number(key)], rest, text));
  assert.ok(typeof value === "object" && value !== null);
  return { ...value, [key]: put(Reflect.get(value, key), rest, text) };
}

/** What HAProxy and consul-template would see: lines, sections, actions of the template. */
function counts(given: unknown): Record<string, number> | undefined {
  const parsed = description.safeParse(given);
  if (!parsed.success) return undefined;
  const files = filesOf(parsed.data);
  const text = renderConfiguration(parsed.data);
  const sections = /^[^\S\n]*(?:global|defaults|frontend|backend|listen|peers|ring|userlist|resolvers)\b/gm;
  const actions = (template: string) => template.replaceAll('{{ "{{" }}', "").match(/\{\{/g)?.length ?? 0;
  return {
    lines: text.split(/[\n\r\v\f\x85\u2028\u2029]/).length,
    sections: text.match(sections)?.length ?? 0,
    actions: actions(text),
    ...Object.fromEntries(
      files.map(({ path, template }) => [path, actions(template) * 1000 + template.split("\n").length]),
    ),
  };
}

const nasty = fc.oneof(
  fc.constantFrom(
    ...[
      "\n",
      "\r\n",
      "\u2028",
      "\0",
      "\t",
      " ",
      "'",
      '"',
      "\\",
      "\\\n",
      "{{",
      "}}",
      "{{ end }}",
      "{",
      "#",
      "`",
      "$",
    ],
    ...[
      "${HOME}",
      "$(id)",
      "%[src]",
      "\nbackend evil\n",
      "backend evil",
      "no backend evil",
      '"backend" evil',
      "'global'",
    ],
    ...["back\\end evil", "{{ key `a` }}", '{{ file "/etc/passwd" }}', " if TRUE", ";", "%0a", "..", ".if 1"],
  ),
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.string({ maxLength: 30 }),
);

describe("no text of HAProxy's settings", () => {
  const places = placesIn(harmless);
  const expected = counts(harmless);
  assert.ok(expected !== undefined);

  it("makes a line, a section or an action of the template, alone or inside of a harmless one", () => {
    const seen = { accepted: 0, refused: 0 };
    const texts = fc
      .tuple(fc.constantFrom("", "/", "a"), nasty, fc.constantFrom("", "a", " b"))
      .map((parts) => parts.join(""))
      // The root is itself and all below it in one line.
      .filter((text) => text !== "/");
    fc.assert(
      fc.property(fc.constantFrom(...places), texts, (place, text) => {
        const found = counts(put(harmless, place, text));
        seen[found === undefined ? "refused" : "accepted"] += 1;
        if (found !== undefined) assert.deepEqual(found, expected);
      }),
      { numRuns: 1500 },
    );
    assert.ok(seen.accepted > 40 && seen.refused > 100, JSON.stringify(seen));
  });

  it("is a line that begins a section, however it is written", () => {
    for (const line of [
      ...[
        "backend x",
        "  backend x",
        "global",
        "listen x",
        "no backend x",
        "default frontend x",
        "userlist x",
      ],
      ...[
        '"backend" x',
        "'backend' x",
        "back\\end x",
        "$X x",
        "${X} x",
        ".if 1",
        "# x",
        "a\nb",
        "a\tb",
        "a \\",
        "",
      ],
    ]) {
      assert.equal(counts(put(harmless, ["extra", "backend", 0], line)), undefined, JSON.stringify(line));
    }
  });
});
