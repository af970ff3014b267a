import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { sharedCluster } from "../../support/cluster.ts";
import { closedPort, listen } from "../gate/sockets.ts";
import { emptyProject, nary, type Ended, type Project } from "./nary.ts";

const stack = ["-s", "local-canary"];
const endEvent = z.object({
  event: z.literal("end"),
  verdict: z.null(),
  why: z.string().min(1),
  release: z.string(),
  requests: z.literal(0),
  errors: z.literal(0),
  seconds: z.number(),
  exitCode: z.number(),
});

describe("nary with what it cannot use", function () {
  this.timeout(60_000);
  let project: Project;
  let consulAddress: string;

  before(async () => {
    const cluster = await sharedCluster();
    ({ consulAddress } = cluster);
    project = await emptyProject(cluster.environment);
  });

  afterEach("nothing was deployed or destroyed", async () => {
    const keys = await fetch(`${consulAddress}/v1/kv/nary/local/bad-input/?keys`);
    await keys.body?.cancel();
    assert.equal(keys.status, 404);
    const updates = await readdir(join(project.folder, "backend/.pulumi"));
    assert.ok(!updates.includes("history"), "a stack was updated");
  });

  async function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return await nary(args, { cwd: project.folder, env: { ...project.environment, ...env } });
  }

  /** One sentence on stderr, no trace of a stack of calls, and nothing on stdout. */
  function assertSentence(ended: Ended, code: number, sentence: RegExp): void {
    assert.equal(ended.code, code, ended.stderr);
    assert.match(ended.stderr, sentence);
    assert.equal(ended.stderr.trimEnd().split("\n").length, 1, ended.stderr);
    assert.equal(ended.stdout, "");
  }

  it("ends with 2 for an unknown stack, and says how to make it", async () => {
    const ended = await run(["release", "api:1", "-s", "other-canary"]);
    assertSentence(ended, 2, /no stack other-canary.*pulumi stack init other-canary/);
  });

  it("ends with 2 for a stack without a role, and for one of production", async () => {
    assertSentence(await run(["gate", "-s", "staging"]), 2, /"staging" has no role/);
    assertSentence(await run(["gate", "-s", "local-production"]), 2, /-s local-canary/);
  });

  it("ends with 2 without a release, and for one that cannot be", async () => {
    assertSentence(await run(["release", ...stack]), 2, /missing required argument 'image'/);
    for (const image of ["", "a b", "{{ key }}"]) {
      assertSentence(await run(["release", image, ...stack]), 2, /must be an image reference/);
    }
  });

  it("ends with 2 for an unknown command or option", async () => {
    assert.equal((await run(["deploy"])).code, 2);
    assertSentence(await run(["gate", "--quickly"]), 2, /unknown option '--quickly'/);
    for (const where of ["here", "1:2:3", "70000"])
      assertSentence(await run(["gate", "--metrics-listen", where]), 2, /It must be a port, such as 9464/);
  });

  it("ends with 2 for a plan that cannot be made", async () => {
    assertSentence(await run(["plan", "--seconds", "0"]), 2, /must be a number of seconds, 1 to 3600/);
    assertSentence(await run(["plan", "--rates", "1e-2,2"]), 2, /must be error rates above 0 and below 1/);
    assertSentence(await run(["plan", ...stack]), 2, /Production runs nothing yet.*--first -s local-canary/);
  });

  it("ends with 2 for a folder that is no project", async () => {
    assertSentence(await run(["gate", ...stack, "-C", "backend"]), 2, /no Pulumi\.yaml in .*backend/);
  });

  it("ends with 2 for settings that cannot be used", async () => {
    const file = join(project.folder, "Pulumi.local-canary.yaml");
    const before = await readFile(file, "utf8");
    try {
      const text = before.replace("config:", "config:\n  nary:gate: {intervalSeconds: -1}");
      await writeFile(file, text);
      const sentence =
        /Pulumi\.local-canary\.yaml: nary:gate\.intervalSeconds is -1: it must be a number of seconds/;
      assertSentence(await run(["gate", ...stack]), 2, sentence);
    } finally {
      await writeFile(file, before);
    }
  });

  it("ends with 2 when the two stacks are not of one namespace", async () => {
    const file = join(project.folder, "Pulumi.local-canary.yaml");
    const before = await readFile(file, "utf8");
    try {
      await writeFile(file, before.replace("config:", "config:\n  nary:namespace: payments"));
      const sentence =
        /nary:namespace is payments in local-canary and default in local-production: both jobs/;
      assertSentence(await run(["gate", ...stack]), 2, sentence);
    } finally {
      await writeFile(file, before);
    }
  });

  it("ends with 2 for a share that HAProxy cannot give, before anything is deployed", async () => {
    const file = join(project.folder, "Pulumi.local-canary.yaml");
    const before = await readFile(file, "utf8");
    const key = `${consulAddress}/v1/kv/nary/local/bad-input/declared/production/record`;
    const names = { job: "bad-input", service: "bad-input", counterPath: "/api/errorAndRequestCount" };
    const declared = { version: 1, role: "production", ...names, release: "api:0", count: 1 };
    try {
      await fetch(key, { method: "PUT", body: JSON.stringify(declared) });
      await writeFile(file, before.replace("config:", "config:\n  nary:share: 0.01 %"));
      const sentence =
        /local-canary: nary:share is 0\.01 %, which weights of HAProxy cannot give to \d+ canar/;
      assertSentence(await run(["release", "api:1", ...stack]), 2, sentence);
    } finally {
      await writeFile(file, before);
      await fetch(key, { method: "DELETE" });
    }
  });

  it("ends with 2 when there is no canary to watch", async () => {
    assertSentence(
      await run(["gate", ...stack]),
      2,
      /declares no canary.*nary release IMAGE -s local-canary/,
    );
  });

  it("ends with 2 when production runs nothing that a canary could stand beside", async () => {
    const ended = await run(["release", "api:1", ...stack]);
    assertSentence(ended, 2, /nary release api:1 --first -s local-canary/);
  });

  it("ends with 4 when Consul cannot be reached", async () => {
    const { port } = await closedPort();
    const env = { CONSUL_HTTP_ADDR: `127.0.0.1:${port}`, CONSUL_HTTP_TOKEN: "a-secret-token" };
    const commands = [["gate"], ["release", "api:1", "--first"]];
    for (const ended of await Promise.all(commands.map((command) => run([...command, ...stack], env)))) {
      assertSentence(ended, 4, /Consul at http:\/\/127\.0\.0\.1:\d+ cannot be reached: .*ECONNREFUSED/);
      assert.doesNotMatch(ended.stderr, /secret/);
    }
  });

  it("ends with 4 when Nomad cannot be reached", async () => {
    const { port } = await closedPort();
    const ended = await run(["reject", ...stack], { NOMAD_ADDR: `http://127.0.0.1:${port}` });
    assertSentence(ended, 4, /Nomad at http:\/\/127\.0\.0\.1:\d+ cannot be reached/);
  });

  it("ends with 4 when Pulumi's backend cannot be reached", async () => {
    const { port } = await closedPort();
    const backends = [`file://${project.folder}/nowhere`, `https://127.0.0.1:${port}`];
    const rejected = backends.map((backend) => {
      const env = { PULUMI_BACKEND_URL: backend, PULUMI_ACCESS_TOKEN: "a-secret-token" };
      return run(["reject", ...stack], env);
    });
    for (const ended of await Promise.all(rejected)) {
      assertSentence(ended, 4, /pulumi config of local-(canary|production) failed: .*(nowhere|refused)/);
      assert.doesNotMatch(ended.stderr, /secret/);
    }
  });

  it("reads a stack that a killed Pulumi left unreadable", async () => {
    const attributes = join(project.folder, "backend/.pulumi/stacks/bad-input/local-canary.json.attrs");
    assert.notEqual(await readFile(attributes, "utf8"), "");
    await writeFile(attributes, "");
    const ended = await run(["gate", ...stack]);
    assert.match(ended.stdout, /warning: a Pulumi was killed while it wrote .*local-canary\.json\.attrs/);
    assertSentence({ ...ended, stdout: "" }, 2, /declares no canary/);
  });

  it("ends with 4 for a wrong passphrase, and for none", async () => {
    const wrong = await run(["reject", ...stack], { PULUMI_CONFIG_PASSPHRASE: "wr0ng" });
    assertSentence(wrong, 4, /passphrase of the stack local-\w+ is wrong/);
    assert.doesNotMatch(wrong.stderr, /wr0ng/);
    const none = await run(["reject", ...stack], { PULUMI_CONFIG_PASSPHRASE: undefined });
    assertSentence(none, 4, /has a passphrase: set PULUMI_CONFIG_PASSPHRASE/);
  });

  it("ends with 4 without a Pulumi", async () => {
    assertSentence(
      await run(["gate", ...stack], { PATH: project.folder }),
      4,
      /no usable pulumi on the PATH/,
    );
  });

  it("ends with 130 for a Ctrl-C before it has begun, and says that nothing was done", async () => {
    const child = Promise.withResolvers<ChildProcess>();
    await using silent = await listen(() => {
      void child.promise.then((process) => process.kill("SIGINT"));
    });
    const ended = await nary(["release", "api:1", ...stack], {
      cwd: project.folder,
      env: { ...project.environment, CONSUL_HTTP_ADDR: `127.0.0.1:${silent.port}` },
      started: child.resolve,
    });
    assert.equal(ended.code, 130, ended.stderr);
    assert.match(ended.stdout, /interrupted after .*: nothing was deployed or destroyed\n$/);
    assert.equal(ended.stderr, "");
  });

  it("tells the end as JSON and in a summary too, and the causes to the curious", async () => {
    const { port } = await closedPort();
    const told = ["--json", "--verbose", "--summary", "summary.md"];
    const ended = await run(["reject", ...stack, ...told], { NOMAD_ADDR: `http://127.0.0.1:${port}` });
    const last = ended.stdout.trimEnd().split("\n").at(-1) ?? "";
    const { exitCode, why } = endEvent.parse(JSON.parse(last));
    assert.equal(exitCode, 4);
    assert.match(why, /Nomad at/);
    assert.match(ended.stderr, /because UnreachableError(.|\n)*because Error: connect ECONNREFUSED/);
    const summary = await readFile(join(project.folder, "summary.md"), "utf8");
    assert.match(summary, /^## local-canary: broken\n\nNomad at/);
  });
});

describe("nary", function () {
  this.timeout(30_000);
  const here = { cwd: ".", env: process.env };

  it("explains itself, its exit statuses and its commands", async () => {
    const { code, stdout } = await nary(["--help"], here);
    assert.equal(code, 0);
    for (const word of ["release", "gate", "reject", "Exit status:", "Examples:", "130"]) {
      assert.ok(stdout.includes(word), word);
    }
    assert.equal((await nary(["release", "--help"], here)).code, 0);
  });

  it("tells its version", async () => {
    const { code, stdout } = await nary(["--version"], here);
    assert.equal(code, 0);
    assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
  });
});
