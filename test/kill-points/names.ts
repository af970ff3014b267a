import { z } from "zod";
import type { Seen } from "../support/proxy.ts";

const transaction = z.array(z.object({ KV: z.looseObject({ Verb: z.string(), Key: z.string() }) }));
const journal = z.object({
  doing: z.object({ act: z.string() }),
  pulumi: z.array(z.object({ operation: z.string(), stack: z.string() })),
});

/** Writes that come by the clock, at no certain place. */
const byTheClock = [/\/v1\/session\/renew\//, /\/run\/status$/];
/** Questions that are asked with a method of writes. */
const questions = [/\/v1\/jobs\/parse$/, /\/v1\/job\/[^/]+\/plan$/, /\/v1\/validate\//];

/** What a request writes, in words that are the same for every service and release; undefined for what only reads. */
export function nameOf(seen: Seen, service: string): string | undefined {
  const { by, method, path, body } = seen;
  if (method === "GET" || [...byTheClock, ...questions].some((pattern) => pattern.test(path)))
    return undefined;
  const what =
    path === "/v1/txn" ? written(body) : `${method} ${path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, "ID")}`;
  if (what === undefined) return undefined;
  return `${by}: ${what}`
    .replaceAll(service, "api")
    .replaceAll(/nary\/[^/ ]+\/api\//g, "")
    .replace(/history\/\S+/, "history/TIME");
}

function written(body: string): string | undefined {
  const [, { KV: write } = { KV: { Verb: "", Key: "" } }] = transaction.parse(JSON.parse(body));
  if (byTheClock.some((pattern) => pattern.test(write.Key))) return undefined;
  const value =
    typeof write["Value"] === "string" ? Buffer.from(write["Value"], "base64").toString("utf8") : "";
  return `${write.Verb} ${write.Key}${detailOf(write.Key, value)}`;
}

function detailOf(key: string, value: string): string {
  if (key.endsWith("/run/traffic")) return ` (${value.split(" ")[0] ?? ""})`;
  if (!key.endsWith("/run/journal") || value === "") return "";
  const { doing, pulumi } = journal.parse(JSON.parse(value));
  const running = pulumi.map(
    ({ operation, stack }) => `, pulumi ${operation} of ${stack.replace(/^.*-/, "")} runs`,
  );
  return ` (${doing.act}${running.join("")})`;
}
