import type { Description } from "./description.ts";

/** Lines that send requests to the services that they are for: the first that takes them, else the main one. */
export const routes = ({ service, also }: Description): string[] => [
  ...also.flatMap(({ service: other, hosts, paths }) => [
    ...hosts.map((host) => `acl host_${other} hdr(host),host_only,lower ${hostMatch(host)}`),
    ...paths.flatMap((path) => pathMatches(path).map((match) => `acl path_${other} path ${match}`)),
    `use_backend ${other} if${hosts.length > 0 ? ` host_${other}` : ""}${paths.length > 0 ? ` path_${other}` : ""}`,
  ]),
  `default_backend ${service}`,
];

const hostMatch = (host: string) => (host.startsWith("*.") ? `-m end ${host.slice(1)}` : `-m str ${host}`);

/** `/a` and all below it, but not `/ab`. */
function pathMatches(path: string): string[] {
  const whole = path.replace(/\/$/, "");
  return [...(whole === "" ? [] : [`-m str ${whole}`]), `-m beg ${whole}/`];
}
