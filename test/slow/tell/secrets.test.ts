import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { receiver, type Receiver } from "../../integration/gate/receiver.ts";
import { deleteKeys } from "../../integration/components/consul.ts";
import { purge } from "../../integration/components/nomad.ts";
import { deleteVariable, putVariable } from "../../integration/plugins/nomad-api.ts";
import { configure, get, jobsNamed, newProject, type Project } from "../../integration/stack/project.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { eventsOf } from "../../support/events.ts";
import { configurePair, startClients, startNary } from "../stack/releases.ts";
import { Planted } from "./planted.ts";

const service = "planted";
const [canary, production] = ["shh-canary", "shh-production"] as const;
const variable = "nary/planted";
const plant = (what: string) => `planted-${what}-${randomBytes(12).toString("hex")}`;

/** A service that tells its counts only to who knows its secret, and fails every tenth request in the release `bad`. */
const counting = `
const { NARY_RELEASE, PORT, HOST, TOKEN_OF_COUNTS } = process.env;
let requestCount = 0, errorCount = 0;
require("http").createServer(({ url, headers }, response) => {
  if (url === "/status") return response.end();
  if (url === "/api/errorAndRequestCount") {
    if (headers.authorization !== TOKEN_OF_COUNTS || !TOKEN_OF_COUNTS) return response.writeHead(401).end();
    return response.end(JSON.stringify({ errorCount, requestCount }));
  }
  requestCount += 1;
  const fails = NARY_RELEASE === "bad" && requestCount % 10 === 0;
  if (fails) errorCount += 1;
  response.writeHead(fails ? 500 : 200).end();
}).listen(PORT, HOST);`.replaceAll(/\s+/g, " ");

const keys = z.array(z.object({ Key: z.string(), Value: z.base64().nullable() }));

describe("secrets of a release", function () {
  this.timeout(300_000);
  const secrets = {
    passphrase: plant("passphrase"),
    "Consul's token": randomUUID(),
    "Nomad's token": randomUUID(),
    "the variable of Nomad": plant("variable"),
    "the counter's token": plant("counter"),
    "Prometheus' token": plant("prometheus"),
    "Slack's address": plant("slack"),
    "a setting that cannot be used": plant("setting"),
    "the webhook's secret": randomBytes(32).toString("base64"),
  };
  const planted = new Planted(secrets);
  let project: Project;
  let temporary: string;
  let url: string;
  let slack: Receiver;
  let hook: Receiver;

  before(async () => {
    const { fixedPort } = await sharedCluster();
    const port = fixedPort();
    url = `http://127.0.0.1:${port}/`;
    slack = await receiver();
    hook = await receiver();
    await putVariable(variable, {
      token: secrets["the counter's token"],
      other: secrets["the variable of Nomad"],
    });
    project = await newProject([], { PULUMI_CONFIG_PASSPHRASE: secrets.passphrase });
    temporary = join(project.folder, "temporary");
    await mkdir(temporary);
    await writeFile(join(project.folder, "slack-url"), "");
    Object.assign(project.env, {
      PULUMI_CONFIG_PASSPHRASE: secrets.passphrase,
      NOMAD_TOKEN: secrets["Nomad's token"],
      COUNTER_TOKEN: secrets["the counter's token"],
      PROMETHEUS_TOKEN: secrets["Prometheus' token"],
      WEBHOOK_SECRET: `whsec_${secrets["the webhook's secret"]}`,
      SLACK_URL: `${slack.url}/${secrets["Slack's address"]}`,
      TMPDIR: temporary,
    });
    for (const stack of [canary, production]) {
      await project.pulumi("stack", "init", stack);
      await project.pulumi(
        "config",
        "set",
        "--secret",
        "consul:token",
        secrets["Consul's token"],
        "-s",
        stack,
      );
    }
    const secret = {
      "secrets.TOKEN_OF_COUNTS.path": variable,
      "secrets.TOKEN_OF_COUNTS.item": "token",
      "secrets.OTHER_SECRET.path": variable,
      "secrets.OTHER_SECRET.item": "other",
      "task.args[1]": counting,
    };
    await configurePair(
      project,
      "shh",
      service,
      { "haproxy.port": String(port), "haproxy.statsPort": String(fixedPort()), "haproxy.cpu": "20" },
      secret,
    );
    await configure(project, canary, {
      "counter.headerFrom.name": "authorization",
      "counter.headerFrom.env": "COUNTER_TOKEN",
      "notify[0].url": hook.url,
      "notify[0].secretFrom.env": "WEBHOOK_SECRET",
      "notify[1].urlFrom.env": "SLACK_URL",
      "notify[1].format": "slack",
      "notify[2].url": "http://127.0.0.1:1/",
      "notify[2].secretFrom.env": "WEBHOOK_SECRET",
      "notify[2].tries": "1",
      "gate.checks[0].type": "prometheus",
      "gate.checks[0].name": "away",
      "gate.checks[0].address": "http://127.0.0.1:1",
      "gate.checks[0].query": "up",
      "gate.checks[0].limit": "1",
      "gate.checks[0].noData": "ok",
      "gate.checks[0].auth.type": "bearer",
      "gate.checks[0].auth.tokenFrom.env": "PROMETHEUS_TOKEN",
    });
  });

  after(async () => {
    for (const name of await jobsNamed(service)) await purge(name);
    await deleteKeys("nary/shh/");
    await deleteVariable(variable);
    await slack[Symbol.asyncDispose]();
    await hook[Symbol.asyncDispose]();
  });

  /** Runs `nary` while its processes and temporary files are looked at, and looks at all that it says. */
  async function nary(exitCode: number, ...args: string[]): Promise<string> {
    const stop = planted.watch(temporary);
    const told = ["--summary", "summary.md", "--metrics-file", "nary.prom"];
    const ended = await startNary(project, ...args, "-s", canary, ...told).ended;
    const { looks } = await stop();
    assert.ok(looks > 5, String(looks));
    const said = ended.stdout + ended.stderr;
    assert.equal(ended.exitCode, exitCode, said);
    planted.look(`what nary ${args.join(" ")} said`, said);
    if (args.includes("--json")) assert.ok(eventsOf(ended.stdout).length > 0);
    return said;
  }

  async function lookEverywhere(): Promise<void> {
    const { consulAddress } = await sharedCluster();
    const all = await fetch(`${consulAddress}/v1/kv/?recurse`);
    for (const { Key: key, Value: value } of keys.parse(await all.json()))
      planted.look(`the key ${key}`, Buffer.from(value ?? "", "base64").toString());
    for (const name of await jobsNamed(service)) {
      planted.look(`the job ${name}`, JSON.stringify(await get("nomad", `/v1/job/${name}`)));
      planted.look(
        `allocations of ${name}`,
        JSON.stringify(await get("nomad", `/v1/job/${name}/allocations`)),
      );
    }
    for (const name of [service, `${service}-canary`])
      planted.look(`the service ${name}`, JSON.stringify(await get("consul", `/v1/catalog/service/${name}`)));
    for (const stack of [canary, production])
      planted.look(`the state of ${stack}`, await project.pulumi("stack", "export", "-s", stack));
    const files = await planted.lookBelow(project.folder);
    assert.ok(files > 20, String(files));
    for (const { body } of [...hook.received, ...slack.received]) planted.look("a message", body);
  }

  it("are in nothing that is said, written, sent, kept or run, whatever becomes of a release", async () => {
    await nary(0, "release", "first", "--first", "--json", "--verbose");
    const clients = startClients(url);
    try {
      await nary(0, "release", "good", "--json", "--verbose");
      await lookEverywhere();
      await nary(1, "release", "bad", "--verbose");
      await nary(1, "reject", "--json");
    } finally {
      await clients.stop();
    }
    await lookEverywhere();
    assert.deepEqual(planted.finds, []);
    // They were used: what would be looked for in vain is not there by chance.
    assert.ok(hook.received.length >= 4 && slack.received.length >= 4);
    assert.match(slack.received[0]?.path ?? "", new RegExp(secrets["Slack's address"]));
    assert.match(await readFile(join(project.folder, "summary.md"), "utf8"), /promoted[^]*rejected/);
    assert.match(await readFile(join(project.folder, "nary.prom"), "utf8"), /nary_release_info/);
    assert.ok(
      (await readdir(join(project.folder, "records"), { recursive: true })).some((name) =>
        /ndjson$/.test(name),
      ),
    );
  });

  it("are in no error either", async () => {
    const secret = secrets["a setting that cannot be used"];
    const wrong = async (...setting: string[]) => {
      await project.pulumi("config", "set", "--secret", "--path", ...setting, "-s", canary);
      await nary(2, "gate", "--verbose");
      const said = await project.failure("up", "--yes", "--skip-preview", "-s", canary);
      planted.look(`what pulumi said of ${setting[0] ?? ""}`, said);
      await project.pulumi("config", "rm", "--path", setting[0] ?? "", "-s", canary);
    };
    await wrong("nary:statusPath", secret);
    await wrong("nary:cpu", secret);
    Object.assign(project.env, { WEBHOOK_SECRET: secret, SLACK_URL: secret });
    await nary(1, "reject", "--verbose", "--json");
    Object.assign(project.env, { CONSUL_HTTP_ADDR: `http://user:${secret}@127.0.0.1:1` });
    await nary(4, "reject", "--verbose");
    assert.deepEqual(planted.finds, []);
  });
});

describe("the search for secrets", () => {
  it("finds one in a text, however it is spelled", () => {
    const secret = plant("here");
    const spelled = [secret, Buffer.from(`user:${secret}x`).toString("base64"), encodeURIComponent(secret)];
    for (const text of spelled) {
      const planted = new Planted({ it: secret });
      planted.look("a text", `"${text}"`);
      assert.deepEqual(planted.finds, ["it in a text"], text);
    }
  });
});
