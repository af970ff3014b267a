import type { Description } from "./description.ts";
import { isTls } from "./next-process.ts";

export type Sides = Pick<Description, "force" | "sticky" | "shield" | "slowStartSeconds">;

const side = "var(txn.nary_side)";
const pick = "var(txn.nary_pick)";

/**
 * Lines of the backend while there are canaries: a request that belongs to a side is sent to a server of that side that
 * is up, chosen at random. Where that fails, or no server of the side is up, it goes the ordinary way. A cookie that says
 * `twin` means nothing where there is none, so that its client gets another one.
 *
 * @param names - expressions of the template: the names of the servers of each side
 */
export function sideLines({ force, sticky }: Sides, names: Record<Side, string>): string {
  if (force === undefined && sticky === undefined) return "";
  return [
    // The later ones win: who forces a side means it.
    ...(sticky === undefined ? [] : asked(`req.cook(${sticky.cookie})`, names)),
    ...(force?.cookie === undefined ? [] : asked(`req.cook(${force.cookie})`, names)),
    ...(force?.header === undefined ? [] : asked(`req.fhdr(${force.header})`, names)),
    ...all.flatMap((to) => picked(to, names[to])),
    ...all.flatMap((to) => toServers(to, names[to])),
    ...(sticky === undefined ? [] : remembered(sticky)),
  ].join("");
}

const all = ["canary", "twin", "stable"] as const;
type Side = (typeof all)[number];

const asked = (sample: string, names: Record<Side, string>) =>
  all.map((to) => {
    const line = `\n  http-request set-var(txn.nary_side) str(${to}) if { ${sample} -m str ${to} }`;
    return to === "twin" ? `\n{{- if ${names.twin} }}${line}\n{{- end }}` : line;
  });

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
  const secure = `{ var(${isTls}) -m bool }`;
  const fresh = `!{ ${side} -m found }`;
  const age = seconds === undefined ? "" : `; Max-Age=${seconds}`;
  const add = (to: string, attribute: string, condition: string) =>
    `\n  http-response add-header Set-Cookie "${cookie}=${to}; Path=/; HttpOnly; SameSite=Lax${attribute}${age}" if ${fresh} ${condition}`;
  return [
    ["canary", "{ srv_name -m beg canary_ }"] as const,
    ["twin", "{ srv_name -m beg twin_ }"] as const,
    ["stable", "{ srv_name -m found } !{ srv_name -m beg canary_ twin_ }"] as const,
  ].flatMap(([to, answered]) => [
    add(to, "; Secure", `${secure} ${answered}`),
    add(to, "", `!${secure} ${answered}`),
  ]);
}
