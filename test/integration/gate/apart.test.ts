import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { runApart } from "../../../gate/act/apart.ts";

const run = (program: string) =>
  runApart(process.execPath, ["-e", program], { folder: ".", environment: process.env });

describe("a program that is run apart", () => {
  it("gives its output and its exit code", async () => {
    const ran = await run('console.log("out"); console.error("err"); process.exitCode = 3');
    assert.deepEqual(ran, { stdout: "out\n", stderr: "err\n", code: 3 });
  });

  it("is told while it runs", async () => {
    const heard: string[] = [];
    await runApart(process.execPath, ["-e", 'console.log("one"); console.error("two")'], {
      folder: ".",
      environment: process.env,
      onOutput: (said) => heard.push(said),
    });
    assert.deepEqual(heard.join("").split("\n").sort(), ["", "one", "two"]);
  });

  it("that does not exist is an error", async () => {
    await assert.rejects(runApart("nary-no-such-program", [], { folder: ".", environment: process.env }), {
      code: "ENOENT",
    });
  });

  it("is not reached by a Ctrl-C, which goes to the whole process group", async () => {
    const module = JSON.stringify(new URL("../../../gate/act/apart.ts", import.meta.url).href);
    const program = `
      import { runApart } from ${module};
      process.on("SIGINT", () => {});
      const inner = 'console.log("ready"); setTimeout(() => console.log("finished"), 500)';
      const ran = await runApart(process.execPath, ["-e", inner], {
        folder: ".", environment: process.env, onOutput: (said) => process.stdout.write(said),
      });
      console.log("code", ran.code);`;
    const parent = spawn(process.execPath, ["--input-type=module", "-e", program], {
      detached: true,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const said = text(parent.stdout);
    await once(parent.stdout, "data");
    assert.ok(parent.pid !== undefined);
    process.kill(-parent.pid, "SIGINT");
    assert.match(await said, /finished\ncode 0\n$/);
  });
});
