import type { Description } from "./description.ts";

export type Sides = Pick<Description, "force" | "sticky" | "shield" | "slowStartSeconds">;

const side = "var(txn.nary_side)";
const pick = "var(txn.nary_pick)";

/**
 * Lines of the backend while there are canaries: a request that belongs to a side is sent to a server of that side that
 * is up, chosen at random. Where that fails, or no server of the side is up, it goes the ordinary way.
 *
 * @param names - expressions of the template: the names of the servers of each side
 */
export function sideLines({ force, sticky }: Sides, names: Record<"stable" | "canary", string>): string {
  if (force === undefined && sticky === undefined) return "";
  return [
    // The later ones win: who forces a side means it.
    ...(sticky === undefined ? [] : asked(`req.cook(${sticky.cookie})`)),
    ...(force?.cookie === undefined ? [] : asked(`req.cook(${force.cookie})`)),
    ...(force?.header === undefined ? [] : asked(`req.fhdr(${force.header})`)),
    ...picked("canary", names.canary),
    ...picked("stable", names.stable),
    ...toServers("canary", names.canary),
    ...toServers("stable", names.stable),
    ...(sticky === undefined ? [] : remembered(sticky)),
  ].join("");
}

const asked = (sample: string) =>
  ["canary", "stable"].map(
    (to) => `\n  http-request set-var(txn.nary_side) str(${to}) if { ${sample} -m str ${to} }`,
  );

const picked = (to: string, names: string) => [
  `
{{- with ${names} }}
  http-request set-var(txn.nary_pick) rand({{ len . }}) if { ${side} -m str ${to} }
{{- end }}`,
];

/** `use-server` passes over servers that are down: the ones after the chosen one are next, then those before it. */
const toServers = (to: string, names: string) => [
  `
{{- with ${names} }}
{{- range $index, $name := . }}
  use-server {{ $name }} if { ${side} -m str ${to} } { ${pick} -m int le {{ $index }} }
{{- end }}
{{- range . }}
  use-server {{ . }} if { ${side} -m str ${to} }
{{- end }}
{{- end }}`,
];

/** A client that belongs to no side yet gets a cookie with the side that answered, and nothing else in it. */
function remembered({ cookie, seconds }: NonNullable<Sides["sticky"]>): string[] {
  const fresh = `!{ ${side} -m found }`;
  const age = seconds === undefined ? "" : `; Max-Age=${seconds}`;
  const add = (to: string, secure: string, condition: string) =>
    `\n  http-response add-header Set-Cookie "${cookie}=${to}; Path=/; HttpOnly; SameSite=Lax${secure}${age}" if ${fresh} ${condition}`;
  return [
    ["canary", "{ srv_name -m beg canary_ }"] as const,
    ["stable", "{ srv_name -m found } !{ srv_name -m beg canary_ }"] as const,
  ].flatMap(([to, answered]) => [
    add(to, "; Secure", `{ ssl_fc } ${answered}`),
    add(to, "", `!{ ssl_fc } ${answered}`),
  ]);
}
