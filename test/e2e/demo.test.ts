import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { z } from "zod";
import { getJson } from "../../demo/cluster/http.ts";
import { markedProcesses } from "../../demo/cluster/marks.ts";
import { checkDemoObject, startDemo } from "../support/demo.ts";
import { leftOf } from "../support/left.ts";
import { runProgram, startProgram } from "../support/program.ts";

/** What a stack or an installation could change in the checkout. */
const trackedFiles = () =>
  execFileSync("git", ["status", "--porcelain", "--", "Pulumi*.yaml", "package*.json"], { encoding: "utf8" });

describe("demo", function () {
  this.timeout(300_000);

  /** A demo's folder is in the commands that it shows. */
  const folderPattern = /\$ nary release (\S+)\/releases\/first\/api --first -s local-canary\n/;
  let shellLines = "";
  let folder = "";
  let files = "";

  before(() => {
    files = trackedFiles();
  });

  after(async () => {
    // Whatever failed above, nothing of it stays.
    if (folder !== "") await startDemo(["down", folder]).ended;
  });

  it("promotes the good release, rejects the other two, and loses no request of a client", async () => {
    const demo = startDemo(["--json", "--keep"]);
    [, folder = ""] = await demo.says(folderPattern);
    const { exitCode, stdout, stderr } = await demo.ended;
    assert.doesNotThrow(() => {
      checkDemoObject(stdout);
    }, stderr);
    assert.equal(exitCode, 0);
    assert.match(stderr, /^good +promote +[\d,]+ +[\d.]+ +0 +0 /m);
    [shellLines = ""] = /^export [^]*^nary release .*$/m.exec(stderr) ?? [];
  });

  it("goes on from a gate that was killed in mid-watch, in the shell lines that --keep prints", async () => {
    assert.notEqual(shellLines, "", "--keep printed no lines");
    const gate = startProgram("sh", ["-c", shellLines], { env: {}, detached: true });
    await gate.says(/traffic to the canaries is on/);
    process.kill(-(gate.child.pid ?? 0), "SIGKILL");
    await gate.ended;

    const again = shellLines.replace(/^nary release .*$/m, "nary gate -s local-canary");
    const { exitCode, stdout, stderr } = await runProgram("sh", ["-c", again], { env: {} });
    assert.equal(exitCode, 0, stdout + stderr);
    const address = (name: string) => new RegExp(`^export ${name}='(.*)'$`, "m").exec(shellLines)?.[1] ?? "";
    const consul = address("CONSUL_HTTP_ADDR");
    const status = async (path: string) => (await fetch(address("NOMAD_ADDR") + path)).status;
    assert.equal(await status("/v1/job/api-canary"), 404);
    assert.equal(await status("/v1/job/api"), 200);
    assert.deepEqual(await getJson(`${consul}/v1/catalog/service/api-canary`, z.array(z.unknown())), []);
    const traffic = await fetch(`${consul}/v1/kv/nary/local/api/run/traffic?raw=true`);
    assert.equal(await traffic.text(), "off");
    const left = (await markedProcesses()).filter((one) => one.folder === folder && one.part === "client");
    assert.equal(left.length, 1, "only the traffic uses the cluster");
  });

  it("is ended by down, with nothing left of it and no tracked file changed", async () => {
    assert.notEqual(folder, "", "no demo was kept");
    const { exitCode, stdout } = await startDemo(["down", folder]).ended;
    assert.equal(exitCode, 0);
    assert.ok(stdout.includes(`Ended the demo in ${folder}.\n`), stdout);
    assert.deepEqual(await leftOf(folder), []);
    assert.equal(trackedFiles(), files);
    folder = "";
  });

  it("ends everything that it started at Ctrl-C, and says so by exit status 130", async () => {
    const demo = startDemo(["--json"]);
    const [, own = ""] = await demo.says(folderPattern);
    await demo.says(/pulumi up of local-production done/);
    demo.child.kill("SIGINT");
    const { exitCode, stdout } = await demo.ended;
    assert.equal(exitCode, 130);
    assert.equal(stdout, '{"releases":[],"ok":false}\n');
    assert.deepEqual(await leftOf(own), []);
  });

  it("ends in one sentence and exit status 2 when an option is wrong", async () => {
    const { exitCode, stdout, stderr } = await startDemo(["--driver", "podman"]).ended;
    assert.equal(exitCode, 2);
    assert.equal(stdout, "");
    assert.match(stderr, /^demo: The driver "podman" [^\n]+\n$/);
  });

  it("ends in one sentence and exit status 2 when Docker is asked for and does not run", async () => {
    const env = { ...process.env, DOCKER_HOST: "unix:///nowhere/docker.sock" };
    const { exitCode, stderr } = await startDemo(["--driver", "docker"], { env }).ended;
    assert.equal(exitCode, 2);
    assert.match(stderr, /^demo: --driver docker needs a running Docker [^\n]+\n$/);
  });

  it("explains itself", async () => {
    const { exitCode, stdout } = await startDemo(["--help"]).ended;
    assert.equal(exitCode, 0);
    for (const option of ["--app", "--json", "--full", "--driver", "--keep", "down"])
      assert.ok(stdout.includes(option), option);
  });
});
