/**
 * Puts a server's name on the list of a side, which has each name once. Addresses come from Consul's catalog, not from
 * the settings: one that is no address, or is there twice, must not keep HAProxy from hearing of the others.
 */
export function collect(service: string, side: string, prefix: string): string {
  return `{{- if .Address | regexMatch "^[A-Za-z0-9.:-]+$" }}
{{- $name := printf "${prefix}_%s_%d" .Address .Port }}
{{- scratch.MapSetX "${service}/${side}" $name $name }}
{{- end }}`;
}

/** A server's address and port, out of its name. */
export const addressOf = String.raw`regexReplaceAll "^[^_]*_(.*)_([0-9]+)$" "$1:$2"`;
