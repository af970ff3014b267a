import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Checks } from "../../../gate/check/checks.ts";
import type { Reading } from "../../../gate/decide/observation.ts";
import { gateChecks } from "../../../settings/gate-checks.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { eventually } from "./job.ts";
import { answering, closedPort, http, listen, type Listener } from "./sockets.ts";

const number = (value: number) =>
  http(
    "200 OK",
    JSON.stringify({ status: "success", data: { resultType: "scalar", result: [1, `${value}`] } }),
  );
const now = () => ({ allocations: [], instances: [], lagMs: undefined, latencyMs: undefined });
const canary = { service: "api-canary", job: "api-canary", release: "api:2", now };
const secret = "a-secret-token";
const bearer = { type: "bearer", tokenFrom: { env: "TOKEN" } };

type Asked = {
  checks: Checks;
  warnings: string[];
  until: (isSo: (one: Reading) => boolean) => Promise<Reading>;
};

/** Opens a check that asks this server, and closes it. */
async function asking(
  { port }: { port: number },
  settings: object,
  work: (asked: Asked) => Promise<void>,
): Promise<void> {
  const warnings: string[] = [];
  const check = { type: "prometheus", name: "it", noData: "wait", limit: 1, query: "up", everySeconds: 0.5 };
  const checks = new Checks({
    checks: gateChecks.parse([
      { ...check, address: `http://127.0.0.1:${port}`, timeoutSeconds: 1, ...settings },
    ]),
    canary,
    other: undefined,
    environment: { TOKEN: secret, TWO_LINES: "one\ntwo" },
    onWarning: (why) => warnings.push(why),
    onFailure: (error) => {
      throw error;
    },
  });
  const until: Asked["until"] = async (isSo) =>
    await eventually("the reading", () => Promise.resolve(checks.readings().find((one) => isSo(one))));
  try {
    await work({ checks, warnings, until });
  } finally {
    await checks.close();
  }
}

const any = () => true;

describe("a Prometheus that does not answer as it should", function () {
  this.timeout(20_000);

  const cases: [string, () => Promise<Listener>, RegExp][] = [
    ["is silent", () => listen(() => undefined), /did not answer within 1 s$/],
    [
      "sends its answer drop by drop",
      () => answering("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"),
      /did not answer within 1 s$/,
    ],
    ["hangs up", () => listen((socket) => socket.end()), /cannot be reached: /],
    ["sends a page", () => answering(http("200 OK", "<html>")), /gave no answer of a Prometheus: "<html>"/],
    ["sends elsewhere", () => answering(http("302 Found", "")), /answered HTTP 302/],
    ["fails", () => answering(http("500 Internal Server Error", "out of disk")), /HTTP 500: "out of disk"/],
    [
      "sends more than an answer",
      () => answering(http("200 OK", "x".repeat(300_000))),
      /gave an answer of more than 262144 bytes/,
    ],
  ];
  for (const [what, serve, why] of cases) {
    it(`gives no data when it ${what}`, async () => {
      await using server = await serve();
      await asking(server, {}, async ({ until, warnings }) => {
        const reading = await until(any);
        assert.equal(reading.canary, null);
        assert.match(reading.why, why);
        assert.equal(warnings[0], `The check it has no number: ${reading.why}.`);
      });
    });
  }

  it("gives no data when it is not there", async () => {
    await asking(await closedPort(), {}, async ({ until, checks }) => {
      assert.match((await until(any)).why, /cannot be reached/);
      assert.deepEqual(checks.refusals, []);
    });
  });

  it("is waited for by nobody: there is no reading until it answers, and its end is at once", async () => {
    await using server = await listen(() => undefined);
    await asking(server, { timeoutSeconds: 60 }, async ({ checks }) => {
      await eventually("the question", () => Promise.resolve(server.connections() > 0 || undefined));
      assert.deepEqual(checks.readings(), []);
    });
  });
});

describe("what Prometheus is asked", function () {
  this.timeout(20_000);

  /** Answers each question with the next number, and keeps the questions. */
  async function counting(): Promise<Listener & { questions: string[] }> {
    const questions: string[] = [];
    const server = await listen((socket) => {
      socket.on("data", (data) => {
        questions.push(data.toString("utf8"));
        socket.write(number(questions.length));
      });
    });
    return { ...server, questions };
  }

  it("is the query with the canary's names, below the path of the address, with the token", async () => {
    await using server = await counting();
    const settings = {
      address: `http://127.0.0.1:${server.port}/base/`,
      query: 'up{job="$job"}',
      auth: bearer,
    };
    await asking(server, settings, async ({ until }) => {
      await until(any);
      const [question = ""] = server.questions;
      assert.match(question, /^POST \/base\/api\/v1\/query HTTP/);
      assert.match(question, new RegExp(`authorization: Bearer ${secret}\r\n`, "i"));
      const body = new URLSearchParams(question.split("\r\n\r\n")[1]);
      assert.deepEqual(Object.fromEntries(body), { query: 'up{job="api-canary"}', timeout: "1s" });
    });
  });

  it("is asked again and again, and anew when there is traffic", async () => {
    await using server = await counting();
    await asking(server, {}, async ({ until }) => {
      await until(({ canary }) => canary === 2);
    });
    const before = server.questions.length;
    await asking(server, { everySeconds: 3600 }, async ({ until, checks }) => {
      await until(({ canary }) => canary === before + 1);
      checks.trafficIsOn();
      assert.deepEqual(checks.readings(), []);
      await until(({ canary }) => canary === before + 2);
    });
  });

  it("is nothing without its secret, of which nothing is shown", async () => {
    await using server = await counting();
    const folder = await temporaryFolder();
    await writeFile(join(folder, "empty"), "\n");
    const places: [object, RegExp][] = [
      [{ env: "NOBODY" }, /the variable NOBODY of the gate's environment has no secret/],
      [{ env: "TWO_LINES" }, /TWO_LINES of the gate's environment has more than one line of plain text/],
      [{ file: join(folder, "empty") }, /the file \S+empty has no secret/],
      [{ file: join(folder, "nobody") }, /the file \S+nobody has no secret/],
    ];
    for (const [tokenFrom, why] of places) {
      await asking(server, { auth: { type: "bearer", tokenFrom } }, async ({ until, checks }) => {
        await until(any);
        assert.match(checks.refusals.join(), why);
        assert.doesNotMatch(checks.refusals.join(), /one\b.*two/s);
      });
    }
    assert.deepEqual(server.questions, []);
  });
});
