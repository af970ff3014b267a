import type { Certificate } from "../../settings/haproxy-tls.ts";
import type { File } from "./files.ts";

/*
 * HAProxy never reads a certificate where it was put: a script looks at a copy first. So one that cannot be used
 * neither takes the place of a good one nor keeps HAProxy from hearing of its servers, and one that is half written is
 * not read. Keys are in the task's `secrets/` alone, which is in memory and closed to Nomad's API.
 */

/** What stands in HAProxy's folder. */
const names = { list: "certificates.txt", script: "certificates.sh", watch: "watch.sh" } as const;

/** Where HAProxy reads the certificates, from its own folder. */
export const liveCertificates = (certificates: readonly Certificate[]) =>
  certificates.map((_, index) => `../secrets/${nameOf(index)}.pem`);

/** The certificates that Nomad renders, the list of all, and what puts them in place. */
export function certificateFiles(certificates: readonly Certificate[]): File[] {
  if (certificates.length === 0) return [];
  const plain = { perms: "0644", reloads: false };
  const list = certificates.map((certificate, index) => `${nameOf(index)} ${sourceOf(certificate, index)}\n`);
  return [
    ...certificates.flatMap((certificate, index) => given(certificate, index)),
    { path: `local/${names.list}`, template: list.join(""), ...plain },
    { path: `local/${names.script}`, template: script, ...plain },
    ...(certificates.some((certificate) => "path" in certificate)
      ? [{ path: `local/${names.watch}`, template: watch, ...plain }]
      : []),
  ];
}

const nameOf = (index: number) => `certificate-${index}`;

const givenName = (index: number) => `given-${index}.pem`;

function sourceOf(certificate: Certificate, index: number): string {
  return "path" in certificate ? certificate.path : `../secrets/${givenName(index)}`;
}

function given(certificate: Certificate, index: number): File[] {
  if ("path" in certificate) return [];
  const { variable, item } = certificate;
  const template = `{{ with nomadVar "${variable}" }}{{ .${item} }}{{ end }}\n`;
  return [{ path: `secrets/${givenName(index)}`, template, perms: "0600", reloads: true }];
}

/** Puts certificates that HAProxy accepts in place. Exit status 0 when one of them is new. */
const script = `#!/bin/sh
set -u
umask 077
cd "$NOMAD_TASK_DIR" || exit 1
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
changed=1
while read -r name source; do
  live=../secrets/$name.pem
  candidate=../secrets/$name.candidate
  refused=../secrets/$name.refused
  if ! cat "$source" > "$candidate"; then
    rm -f "$candidate"
    continue
  fi
  if cmp -s "$candidate" "$live"; then
    rm -f "$candidate" "$refused"
    continue
  fi
  # Said once, not at each look.
  cmp -s "$candidate" "$refused" && rm -f "$candidate" && continue
  cat > certificate.cfg << end
frontend certificate
  mode http
  timeout client 1s
  bind 127.0.0.1:1 ssl crt $candidate
end
  if "$HAPROXY" -c -q -f certificate.cfg; then
    mv "$candidate" "$live"
    rm -f "$refused"
    changed=0
  else
    mv "$candidate" "$refused"
    echo "nary: HAProxy does not accept the certificate from $source" >&2
  fi
done < ${names.list}
exit $changed
`;

/** Looks at certificates in the client's own files, of which Nomad does not hear. */
const watch = `#!/bin/sh
cd "$NOMAD_TASK_DIR" || exit 1
while sleep 5 && kill -0 "$1" 2> /dev/null; do
  /bin/sh reload.sh
done
`;
