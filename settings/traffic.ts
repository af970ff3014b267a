import { basisPoints, share, percentage, type Share } from "./share.ts";

/**
 * Whether canaries get requests, as the gate tells HAProxy: `off`, or `on` with words behind it. It is a line of plain
 * words, since HAProxy's template has to read it without ever failing.
 */
export type Traffic =
  | { state: "off" }
  | {
      state: "on";
      /** Part of all requests that the canaries get together; all servers have the same weight unless given. */
      share?: Share | undefined;
      /** The twins get as much as the canaries. */
      twin: boolean;
      /** A canary gets no more requests after its first error. */
      markdown: boolean;
    };

export const trafficOff: Traffic = { state: "off" };

const basis = "[1-9][0-9]{0,2}|[1-8][0-9]{3}|9[0-8][0-9]{2}|9900";
/** What a line is that lets canaries have requests; understood by JavaScript and by Go. */
export const trafficOnPattern = `^on( share=(${basis}))?( twin)?( markdown)?$`;

export function encodeTraffic(traffic: Traffic): string {
  switch (traffic.state) {
    case "off":
      return "off";
    case "on":
      return [
        "on",
        ...(traffic.share === undefined ? [] : [`share=${basisPoints(traffic.share)}`]),
        ...(traffic.twin ? ["twin"] : []),
        ...(traffic.markdown ? ["markdown"] : []),
      ].join(" ");
  }
}

/** What HAProxy makes of a line: whatever it cannot read keeps requests away from the canaries. */
export function decodeTraffic(line: string | undefined): Traffic {
  const found = new RegExp(trafficOnPattern).exec(line ?? "");
  if (found === null) return trafficOff;
  const [, , parts, twin, markdown] = found;
  const given = parts === undefined ? {} : { share: share.parse(percentage(Number(parts) / 10_000)) };
  return { state: "on", ...given, twin: twin !== undefined, markdown: markdown !== undefined };
}
