import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { access } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { until } from "../../../demo/cluster/until.ts";
import { runApart } from "../../../gate/act/apart.ts";
import { temporaryFolder } from "../../support/temporary.ts";

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

  it("that does not exist ends as in a shell", async () => {
    const ran = await runApart("nary-no-such-program", [], { folder: ".", environment: process.env });
    assert.equal(ran.code, 127);
    assert.match(ran.stderr, /nary-no-such-program: not found/);
  });

  it("does not run before it is known, nor where it cannot be made known", async () => {
    const pids: number[] = [];
    const known = await runApart(process.execPath, ["-e", "console.log(process.pid)"], {
      folder: ".",
      environment: process.env,
      onStart: async (pid) => {
        pids.push(pid);
        await Promise.resolve();
      },
    });
    assert.equal(known.stdout, `${String(pids[0])}\n`);
    const heard: string[] = [];
    await assert.rejects(
      runApart(process.execPath, ["-e", 'console.log("ran")'], {
        folder: ".",
        environment: process.env,
        onOutput: (said) => heard.push(said),
        onStart: () => Promise.reject(new Error("no lock")),
      }),
      /no lock/,
    );
    assert.deepEqual(heard, []);
  });

  it("goes on to its end when who runs it is killed", async () => {
    const folder = await temporaryFolder();
    const module = JSON.stringify(new URL("../../../gate/act/apart.ts", import.meta.url).href);
    const inner = `
      console.log("ready");
      setTimeout(() => { console.log("more"); require("fs").writeFileSync("done", ""); }, 500)`;
    const program = `
      import { runApart } from ${module};
      await runApart(process.execPath, ["-e", ${JSON.stringify(inner)}], {
        folder: ${JSON.stringify(folder)}, environment: process.env, onOutput: (said) => process.stdout.write(said),
      });`;
    const parent = spawn(process.execPath, ["--input-type=module", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(parent.stdout, "data");
    parent.kill("SIGKILL");
    await once(parent, "close");
    const done = () =>
      access(join(folder, "done")).then(
        () => true as const,
        () => undefined,
      );
    assert.equal(await until(done, 10_000), true);
  });

  it("is not reached by a Ctrl-C, which goes to the whole process group", async () => {
    const module = JSON.stringify(new URL("../../../gate/act/apart.ts", import.meta.url).href);
    const program = `
      import { runApart } from ${module};
      process.on("SIGINT", () => {});
      const inner = 'console.log("ready"); setTimeout(() => console.log("finished"), 2_000)';
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
