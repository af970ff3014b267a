/** A service with the kit whose routes cost what the article's did, and one that costs little. */
import { createServer } from "node:http";
import { setImmediate as turn } from "node:timers/promises";
import { createKit, describeRequest, startQuery, teamAlerts, webhookAlerts } from "../../../app/index.ts";
import { serve } from "../../../app/http.ts";

const { ALERTS = "", SECRET = "" } = process.env;
const alertsTo = (team: string) => webhookAlerts({ url: `${ALERTS}?to=${team}`, secret: SECRET });

const kit = createKit({
  logger: {
    log: (level, message, details) => {
      process.stderr.write(`${JSON.stringify({ level, message, details })}\n`);
    },
  },
  alert: teamAlerts({ reading: alertsTo("reading"), sums: alertsTo("sums") }, alertsTo("others")),
  stallMs: Number(process.env["STALL_MS"] ?? "1000"),
  alertSeconds: Number(process.env["ALERT_SECONDS"] ?? "3600"),
  // Queries that run at the same time add up to any time on a busy machine.
  routeLimits: { "GET /patient": { queries: 100_000, durationMs: Infinity } },
});

async function query(table: string, items: number): Promise<void> {
  const end = startQuery({ database: "postgres", tables: [table], text: `SELECT * FROM ${table}` });
  await turn();
  end({ items });
}

async function queries(table: string, times: number): Promise<void> {
  await Promise.all(Array.from({ length: times }, () => query(table, 1)));
}

const server = createServer(
  serve(kit, (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    const number = Number(searchParams.get("n") ?? "1");
    const answer = async (): Promise<void> => {
      describeRequest({ route: `GET ${pathname}` });
      switch (pathname) {
        case "/fan-out":
        case "/patient":
          describeRequest({ area: "classes", team: "reading" });
          await query("classes", 1);
          await queries("students", number);
          break;
        case "/items":
          describeRequest({ area: "reports", team: "sums" });
          await query("points", number);
          break;
        case "/blocked": {
          describeRequest({ area: "reports", team: "sums" });
          await query("points", 3);
          const start = performance.now();
          while (performance.now() < start + number) Math.sqrt(start);
          response.setHeader("x-blocked-ms", String(performance.now() - start));
          break;
        }
        case "/waits":
          describeRequest({ area: "classes", team: "reading" });
          await query("classes", 1);
          await new Promise((resolve) => setTimeout(resolve, number));
          break;
        default:
          await query("classes", 1);
      }
      response.end("ok");
    };
    void answer();
  }),
);
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address !== null)
    process.stdout.write(`http://127.0.0.1:${address.port}\n`);
});
