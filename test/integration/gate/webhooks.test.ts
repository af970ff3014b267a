import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { z } from "zod";
import type { Event } from "../../../gate/tell/events.ts";
import { Webhooks } from "../../../gate/tell/notify/webhooks.ts";
import { notify } from "../../../settings/notify.ts";
import { origin, rejection, verdict } from "../../unit/gate/tell/told.ts";
import { eventually } from "./job.ts";
import { receiver, type Receiver } from "./receiver.ts";
import { closedPort } from "./sockets.ts";

const body = z.object({
  type: z.string(),
  timestamp: z.iso.datetime(),
  data: z.object({
    version: z.literal(1),
    environment: z.string(),
    service: z.string(),
    stack: z.string(),
    release: z.string().nullable(),
    event: z.looseObject({ event: z.string() }),
  }),
});
const bodyOf = ({ body: text }: { body: string }) => body.parse(JSON.parse(text));
const end = rejection.at(-1) ?? assert.fail();
const signed = { secretFrom: { env: "SECRET" } };

type Opened = {
  webhooks: Webhooks;
  warnings: string[];
  outcomes: string[];
  tell: (...events: Event[]) => void;
};

function open(settings: readonly object[], environment: NodeJS.ProcessEnv = {}): Opened {
  const warnings: string[] = [];
  const outcomes: string[] = [];
  const webhooks = new Webhooks({
    settings: notify.parse(settings),
    origin,
    environment,
    onWarning: (why) => warnings.push(why),
    onOutcome: (outcome) => outcomes.push(outcome),
  });
  const tell = (...events: Event[]) => {
    for (const event of events) webhooks.tell(event, new Date());
  };
  return { webhooks, warnings, outcomes, tell };
}
const toReceiver = ({ url, secret }: Receiver, more: object = {}) =>
  open([{ url, ...signed, ...more }], { SECRET: secret });

describe("a webhook", function () {
  this.timeout(30_000);

  it("gets the events that it wants, in their order, each signed, with what they are of", async () => {
    await using there = await receiver();
    const { webhooks, warnings, outcomes, tell } = toReceiver(there);
    tell(...rejection);
    assert.deepEqual(await webhooks.close(), []);
    const bodies = there.received.map(bodyOf);
    assert.deepEqual(
      bodies.map(({ type, data }) => [type, data.release]),
      [
        ["nary.start", null],
        ["nary.verdict", "api:2"],
        ["nary.end", "api:2"],
      ],
    );
    assert.ok(there.received.every(({ isGenuine }) => isGenuine));
    assert.equal(new Set(there.received.map(({ id }) => id)).size, 3);
    assert.deepEqual(bodies[1]?.data, { version: 1, ...origin, release: "api:2", event: verdict });
    assert.deepEqual([warnings, outcomes], [[], ["delivered", "delivered", "delivered"]]);
  });

  it("is told of the release also while production goes back to another one", async () => {
    await using there = await receiver();
    const { webhooks, tell } = toReceiver(there);
    const up = { event: "pulumi-start", operation: "up" } as const;
    tell(
      { ...up, stack: "staging-canary", release: "api:2" },
      { ...up, stack: "staging-production", release: "api:1" },
      { event: "rollback", release: "api:1", why: "an error" },
    );
    await webhooks.close();
    const of = there.received.map(bodyOf).map(({ type, data }) => [type, data.release]);
    assert.deepEqual(of, [["nary.rollback", "api:2"]]);
  });

  it("is not believed by a receiver with another secret", async () => {
    await using there = await receiver();
    await using other = await receiver();
    const { webhooks, tell } = open([{ url: there.url, ...signed }], { SECRET: other.secret });
    tell(end);
    await webhooks.close();
    assert.deepEqual(
      there.received.map(({ isGenuine }) => isGenuine),
      [false],
    );
  });

  it("is sent again where it was not taken: the same message, signed anew, before those after it", async () => {
    await using there = await receiver((response, _, count) => {
      if (count === 1) response.destroy();
      else response.writeHead(count === 2 ? 503 : 200).end();
    });
    const { webhooks, warnings, outcomes, tell } = toReceiver(there);
    tell(verdict, end);
    await there.until(4);
    assert.deepEqual(await webhooks.close(), []);
    const ids = there.received.map(({ id }) => id);
    assert.equal(new Set(ids.slice(0, 3)).size, 1);
    assert.equal(new Set(there.received.slice(0, 3).map(({ body: text }) => text)).size, 1);
    assert.notEqual(ids[3], ids[0]);
    assert.ok(there.received.every(({ isGenuine }) => isGenuine));
    assert.deepEqual([warnings, outcomes], [[], ["delivered", "delivered"]]);
  });

  it("is not sent again before the receiver wants it", async () => {
    await using there = await receiver((response) => response.writeHead(429, { "retry-after": "30" }).end());
    const { webhooks, tell } = toReceiver(there);
    tell(end);
    await there.until(1);
    // The first pause is a second at most where nobody asks for more.
    assert.match((await webhooks.close(2_500)).join(""), /was not told 1 message: it answered 429/);
    assert.equal(there.received.length, 1);
  });

  for (const [what, status] of [
    ["refuses", 403],
    ["is no longer there", 410],
  ] as const)
    it(`is sent once to one that ${what}, and that is told once`, async () => {
      await using there = await receiver((response) => response.writeHead(status).end());
      const { webhooks, warnings, outcomes, tell } = toReceiver(there);
      tell(verdict, end);
      await eventually("both outcomes", () => Promise.resolve(outcomes.length === 2 || undefined));
      const failures = await webhooks.close();
      assert.equal(there.received.length, 2);
      assert.deepEqual(outcomes, ["failed", "failed"]);
      const { origin: at } = new URL(there.url);
      const name = `the webhook nary:notify[0] at ${at}`;
      assert.deepEqual(failures, [`${name} was not told 2 messages: it answered ${status}`]);
      assert.deepEqual(warnings, [`${name} was not told: it answered ${status}`]);
    });

  it("follows no redirect, so that a message goes nowhere else", async () => {
    await using elsewhere = await receiver();
    await using there = await receiver((response) =>
      response.writeHead(307, { location: elsewhere.url }).end(),
    );
    const { webhooks, tell } = toReceiver(there);
    tell(end);
    await there.until(1);
    assert.match((await webhooks.close()).join(""), /it answered 307; a redirect is not followed/);
    assert.equal(elsewhere.received.length, 0);
  });

  it("is given up after its tries, and the next message is sent all the same", async () => {
    await using there = await receiver((response, { body: text }) => {
      response.writeHead(text.includes("nary.end") ? 200 : 500).end();
    });
    const { webhooks, warnings, outcomes, tell } = toReceiver(there, { tries: 2 });
    tell(verdict, end);
    await there.until(3);
    assert.match((await webhooks.close()).join(""), /was not told 1 message: it answered 500/);
    assert.deepEqual(outcomes, ["failed", "delivered"]);
    assert.equal(warnings.length, 1);
  });

  it("never makes the gate wait, and at the end not for long: what is not delivered is told", async () => {
    const open_: ServerResponse[] = [];
    await using slow = await receiver((response) => open_.push(response));
    await using there = await receiver();
    const settings = [{ url: slow.url }, { url: there.url }];
    const { webhooks, outcomes, tell } = open(settings);
    tell(...rejection);
    await there.until(3);
    const [failure, ...others] = await webhooks.close(100);
    assert.match(
      failure ?? "",
      /notify\[0\] .* was not told 3 messages: the command ended before it was taken/,
    );
    assert.deepEqual(others, []);
    assert.equal(outcomes.filter((outcome) => outcome === "delivered").length, 3);
  });

  it("gives up an answer after its time", async () => {
    await using slow = await receiver(() => undefined);
    const { webhooks, warnings, tell } = toReceiver(slow, { timeoutSeconds: 0.2, tries: 1 });
    tell(end);
    await slow.until(1);
    await eventually("the warning", () => Promise.resolve(warnings[0]), 5);
    assert.match(warnings.join(""), /was not told: it did not answer in time/);
    await webhooks.close();
  });

  it("may be away", async () => {
    const { port } = await closedPort();
    const { webhooks, warnings, tell } = open([{ url: `http://127.0.0.1:${port}/a-secret-path`, tries: 1 }]);
    tell(end);
    const [failure] = await webhooks.close();
    assert.match(failure ?? "", /was not told 1 message: it cannot be reached: .*ECONNREFUSED/);
    assert.doesNotMatch(failure ?? "", /a-secret-path/);
    assert.deepEqual(warnings, [], "what is given up at the end is told once, by its sentence");
  });

  it("keeps the newest messages where more wait than it holds", async () => {
    const held = Promise.withResolvers<ServerResponse>();
    await using there = await receiver((response, _, count) => {
      if (count === 1) held.resolve(response);
      else response.writeHead(200).end();
    });
    const { webhooks, outcomes, tell } = open([{ url: there.url, events: ["warning", "end"] }]);
    const warnings = Array.from({ length: 250 }, (_, index): Event => ({
      event: "warning",
      why: String(index),
    }));
    tell(...warnings, end);
    (await held.promise).writeHead(200).end();
    await webhooks.close();
    assert.equal(there.received.length, 201);
    assert.equal(outcomes.filter((outcome) => outcome === "failed").length, 50);
    assert.equal(bodyOf(there.received.at(-1) ?? assert.fail()).type, "nary.end");
  });

  it("is told nothing where its secret or its address is missing or is none, and that is told without it", async () => {
    await using there = await receiver();
    const settings = [
      { url: there.url, ...signed },
      { url: there.url, secretFrom: { env: "WEAK" } },
      { urlFrom: { env: "NOWHERE" }, format: "slack" },
      { urlFrom: { env: "PLAIN" }, format: "slack" },
    ];
    const environment = { WEAK: "hunter2", NOWHERE: "not-an-address", PLAIN: "http://hooks.example/s3cret" };
    const { webhooks, warnings, tell } = open(settings, environment);
    tell(...rejection);
    assert.deepEqual(await webhooks.close(), []);
    assert.equal(there.received.length, 0);
    const said = [
      /variable SECRET .* has no secret/,
      /openssl rand/,
      /no address of a webhook/,
      /must be https/,
    ];
    assert.equal(warnings.length, said.length);
    for (const [index, pattern] of said.entries()) assert.match(warnings[index] ?? "", pattern);
    assert.doesNotMatch(warnings.join(""), /hunter2|not-an-address|s3cret/);
  });

  it("speaks to Slack at an address that is a secret, unsigned", async () => {
    await using there = await receiver();
    const { webhooks, tell } = open([{ urlFrom: { env: "SLACK" }, format: "slack", events: ["verdict"] }], {
      SLACK: there.url,
    });
    tell(...rejection);
    await webhooks.close();
    const [{ body: text, headers, path } = assert.fail()] = there.received;
    assert.equal(path, "/hook");
    assert.equal(headers["content-type"], "application/json");
    assert.equal(headers["webhook-signature"], undefined);
    const said = z
      .object({ text: z.string(), blocks: z.array(z.looseObject({})).min(1) })
      .parse(JSON.parse(text));
    assert.match(said.text, /^api in staging: reject/);
  });
});
