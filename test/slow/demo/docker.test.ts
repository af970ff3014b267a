import assert from "node:assert/strict";
import { basename } from "node:path";
import { checkDemoObject, startDemo } from "../../support/demo.ts";
import { leftOf } from "../../support/left.ts";
import { runProgram } from "../../support/program.ts";

describe("demo with Docker", function () {
  this.timeout(400_000);

  it("does the same with containers, and leaves neither them nor their images", async () => {
    const demo = startDemo(["--driver", "docker", "--json"]);
    const [, name = ""] = await demo.says(/\$ nary release (\S+)\/api:first --first -s local-canary\n/);
    const { exitCode, stdout, stderr } = await demo.ended;
    assert.doesNotThrow(() => {
      checkDemoObject(stdout);
    }, stderr);
    assert.equal(exitCode, 0);

    const images = await runProgram("docker", ["images", "--format", "{{.Repository}}"]);
    assert.equal(images.exitCode, 0);
    assert.ok(!images.stdout.includes(name), images.stdout);
    const containers = await runProgram("docker", ["ps", "--all", "--format", "{{.Image}}"]);
    assert.equal(containers.exitCode, 0);
    assert.ok(!containers.stdout.includes(name), containers.stdout);
    const [, folder = ""] = new RegExp(`(/\\S+/${name})\\b`, "i").exec(stderr) ?? [];
    assert.equal(basename(folder).toLowerCase(), name, "the demo says where it works");
    assert.deepEqual(await leftOf(folder), []);
  });
});
