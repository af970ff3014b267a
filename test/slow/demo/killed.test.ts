import assert from "node:assert/strict";
import { markedProcesses } from "../../../demo/cluster/marks.ts";
import { until } from "../../../demo/cluster/until.ts";
import { startDemo } from "../../support/demo.ts";
import { leftOf } from "../../support/left.ts";

describe("demo", function () {
  this.timeout(120_000);

  for (const [signal, exitCode] of [
    ["SIGTERM", 130],
    ["SIGKILL", null],
  ] as const) {
    it(`leaves nothing at ${signal} while Pulumi is at work`, async () => {
      const demo = startDemo(["--json"]);
      const [, folder = ""] = await demo.says(/starting Consul and Nomad on loopback, in (\S+)\n/);
      await demo.says(/pulumi up of local-production/);
      demo.child.kill(signal);
      assert.equal((await demo.ended).exitCode, exitCode);
      await until(async () => ((await leftOf(folder)).length === 0 ? true : undefined), 30_000);
      assert.deepEqual(await leftOf(folder), []);
    });
  }

  it("is cleaned up by down when its keeper was killed with it", async () => {
    const demo = startDemo(["--json"]);
    const [, folder = ""] = await demo.says(/starting Consul and Nomad on loopback, in (\S+)\n/);
    await demo.says(/pulumi up of local-production/);
    const keepers = (await markedProcesses()).filter((one) => one.folder === folder && one.part === "keeper");
    assert.equal(keepers.length, 1);
    for (const { pid } of keepers) process.kill(pid, "SIGKILL");
    demo.child.kill("SIGKILL");
    await demo.ended;
    assert.ok((await leftOf(folder)).length > 1);
    const { exitCode, stdout } = await startDemo(["down", folder]).ended;
    assert.equal(exitCode, 0);
    assert.ok(stdout.includes(`Ended the demo in ${folder}.\n`), stdout);
    assert.deepEqual(await leftOf(folder), []);
  });

  it("does not disturb another one beside it", async () => {
    const started = /in (\S+)\n/;
    const up = /requests a second through HAProxy at (\S+)\n/;
    const demos = [startDemo(["--json"]), startDemo(["--json"])] as const;
    const [first, second] = demos;
    const [[, folder = ""], [, other = ""]] = await Promise.all([first.says(started), second.says(started)]);
    const [[, url = ""], [, otherUrl = ""]] = await Promise.all([first.says(up), second.says(up)]);
    assert.notEqual(url, otherUrl);
    first.child.kill("SIGINT");
    assert.equal((await first.ended).exitCode, 130);
    assert.deepEqual(await leftOf(folder), []);
    assert.equal((await fetch(otherUrl)).status, 200);
    second.child.kill("SIGINT");
    assert.equal((await second.ended).exitCode, 130);
    assert.deepEqual(await leftOf(other), []);
  });
});
