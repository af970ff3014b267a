import type { Tls } from "../../settings/haproxy-tls.ts";
import { liveCertificates } from "./certificates.ts";

type Place = { bind: string; port: number };

/** Listens in plain text. */
export const plainBind = ({ bind, port }: Place) => `bind ${bind}:${port}`;

/** Listens for TLS; what is spoken inside of it matters only to HTTP. */
export function tlsBind(place: Place, tls: Tls, mode: "http" | "tcp"): string {
  const certificates = liveCertificates(tls.certificates).map((file) => `crt ${file}`);
  const alpn = mode === "http" ? [`alpn ${tls.http2 ? "h2,http/1.1" : "http/1.1"}`] : [];
  return [plainBind(place), "ssl", ...certificates, ...alpn, `ssl-min-ver ${tls.minVersion}`].join(" ");
}
