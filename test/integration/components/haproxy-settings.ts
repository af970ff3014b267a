import fc from "fast-check";
import { description, type Description } from "../../../components/haproxy/description.ts";

/*
 * Settings of all kinds, each good by itself; the schema leaves out what does not fit together. Services and
 * environments are few, since Consul is asked for each of them.
 */

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const own = fc.constantFrom("api", "n".repeat(48));
const other = fc.constantFrom("web", "a", "b--2", "stats-2");
const port = fc.integer({ min: 1, max: 65_535 });
const bind = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constant("*"));
const path = fc.stringMatching(/^(?:\/[A-Za-z0-9._~-]{1,30}){1,6}\/?$/);
const seconds = fc.double({ min: 0.1, max: 86_400, noNaN: true });
const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,31}$/);

const certificate = fc.oneof(
  fc.record({ path: fc.stringMatching(/^\/[A-Za-z0-9._/@+-]{1,40}$/) }),
  fc.record({
    variable: fc.stringMatching(/^[A-Za-z0-9_~][A-Za-z0-9_~/-]{0,40}$/),
    item: fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,20}$/),
  }),
);

const host = fc
  .tuple(fc.constantFrom("", "*."), fc.stringMatching(/^[a-z0-9](?:[a-z0-9.-]{0,60}[a-z0-9])?$/))
  .map((parts) => parts.join(""));

/** Lines that HAProxy knows in each of its sections, with characters that mean something to a template. */
const extra = fc.record({
  global: fc.subarray(["tune.bufsize 32768", "maxconnrate 500"]),
  defaults: fc.subarray(["option http-server-close", "no option abortonclose", "option tcp-smart-connect"]),
  frontend: fc.subarray([
    'http-request set-header X-Braces "{{ key \\"a\\" }} {{{ }}"',
    "http-response set-header X-Odd '{{-'",
    "acl mine path_beg /mine",
    "http-request deny if { path -m reg ^/x{2,3}$ }",
  ]),
  backend: fc.subarray(["http-response del-header Server", "fullconn 100", "hash-type consistent"]),
});

const settings = fc.record({
  environment: fc.constantFrom("default", "Staging-2.eu_west"),
  service: own,
  bind: maybe(bind),
  port,
  statsPort: port,
  statusPath: maybe(path),
  counterPath: maybe(path),
  checkIntervalSeconds: maybe(fc.double({ min: 0.1, max: 60, noNaN: true })),
  tls: maybe(
    fc.record({
      certificates: fc.array(certificate, { minLength: 1, maxLength: 3 }),
      minVersion: fc.constantFrom("TLSv1.2", "TLSv1.3"),
      http2: fc.boolean(),
      redirectPort: maybe(port),
    }),
  ),
  timeouts: maybe(
    fc.record({
      connectSeconds: seconds,
      clientSeconds: seconds,
      serverSeconds: seconds,
      queueSeconds: seconds,
      httpRequestSeconds: seconds,
      keepAliveSeconds: seconds,
      tunnelSeconds: seconds,
      hardStopSeconds: seconds,
    }),
  ),
  limits: maybe(
    fc.record({
      connections: maybe(fc.integer({ min: 1, max: 2000 })),
      serverConnections: maybe(fc.integer({ min: 1, max: 1_000_000 })),
    }),
  ),
  accessLog: fc.boolean(),
  internalPaths: fc.array(path, { maxLength: 4 }),
  unavailablePage: maybe(fc.string({ unit: "binary", maxLength: 4000 })),
  extra: maybe(extra),
  also: fc.array(
    fc.record({
      service: other,
      environment: maybe(fc.constantFrom("default", "staging")),
      hosts: fc.array(host, { maxLength: 3 }),
      paths: fc.array(fc.oneof(path, fc.constant("/")), { maxLength: 3 }),
    }),
    { maxLength: 3 },
  ),
  listeners: fc.array(
    fc.record({
      name,
      bind: maybe(bind),
      port,
      tls: fc.boolean(),
      mode: fc.constantFrom("http", "tcp"),
      to: maybe(fc.oneof(own, other)),
    }),
    { maxLength: 3 },
  ),
});

/** Descriptions that the schema accepts. */
export function descriptions(count: number, seed?: number): Description[] {
  const found: Description[] = [];
  for (const given of fc.sample(settings, { numRuns: count * 12, ...(seed === undefined ? {} : { seed }) })) {
    const parsed = description.safeParse(given);
    if (parsed.success && found.length < count) found.push(parsed.data);
  }
  return found;
}
