import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { hash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";

const checkout = join(import.meta.dirname, "..", "..", "..");

describe("the first script", function () {
  this.timeout(60_000);
  let root: string;
  let project: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "nary-start-"));
    project = join(root, "project");
    for (const part of ["tools/start.mjs", "tools/start", "tools/shared"]) {
      cpSync(join(checkout, part), join(project, part), { recursive: true });
    }
    declare({ base: { name: "base", version: "1.0.0" } });
    write("hello.ts", "const args: string[] = process.argv.slice(2);\nconsole.log(JSON.stringify(args));\n");
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  function write(file: string, content: string): void {
    mkdirSync(dirname(join(project, file)), { recursive: true });
    writeFileSync(join(project, file), content);
  }

  /** A project of the given workspaces, each a folder in packages/, and its lock file. */
  function declare(workspaces: Record<string, object>): void {
    const names = Object.keys(workspaces);
    const manifest = {
      name: "tiny",
      version: "1.0.0",
      type: "module",
      workspaces: names.map((name) => `packages/${name}`),
    };
    write("package.json", JSON.stringify(manifest));
    const packages: Record<string, object> = { "": manifest };
    for (const [name, content] of Object.entries(workspaces)) {
      write(`packages/${name}/package.json`, JSON.stringify(content));
      packages[`node_modules/${name}`] = { resolved: `packages/${name}`, link: true };
      packages[`packages/${name}`] = { version: "1.0.0" };
    }
    const lock = { name: "tiny", version: "1.0.0", lockfileVersion: 3, requires: true, packages };
    write("package-lock.json", JSON.stringify(lock));
  }

  function begin(...args: string[]) {
    return run(process.execPath, ["tools/start.mjs", ...args]);
  }

  /** In a session of its own, so that it is never in the foreground of the terminal that runs the tests. */
  function run(command: string, args: readonly string[]) {
    const child = spawn(command, args, {
      cwd: project,
      env: { ...process.env, NARY_CACHE: join(root, "cache") },
      stdio: ["pipe", "pipe", "pipe"],
      detached: true,
    });
    const code = new Promise<number | null>((resolve) => child.on("close", resolve));
    return { child, end: Promise.all([code, text(child.stdout), text(child.stderr)]) };
  }

  async function start(...args: string[]) {
    const [code, stdout, stderr] = await begin(...args).end;
    return { code, stdout, stderr };
  }

  const installs = ({ stderr }: { stderr: string }) =>
    stderr.split("installing the locked dependencies").length - 1;

  it("installs, says so on stderr, and hands over its arguments and stdout", async () => {
    const first = await start("hello.ts", "--json", "a b");
    assert.equal(first.code, 0);
    assert.equal(first.stdout, '["--json","a b"]\n');
    assert.equal(installs(first), 1);
  });

  it("is silent and quick the second time", async () => {
    await start("hello.ts");
    const started = Date.now();
    assert.deepEqual(await start("hello.ts"), { code: 0, stdout: "[]\n", stderr: "" });
    assert.ok(Date.now() - started < 3_000, `took ${Date.now() - started} ms`);
  });

  it("takes over what the user has installed with npm", async () => {
    await start("hello.ts");
    rmSync(join(project, "node_modules", ".nary-installed"));
    assert.equal(installs(await start("hello.ts")), 0);
  });

  it("installs again after an install that was cut short", async () => {
    await start("hello.ts");
    rmSync(join(project, "node_modules", ".package-lock.json"));
    assert.equal(installs(await start("hello.ts")), 1);
  });

  it("installs again when nothing but the lock file changes", async () => {
    const manifest = { name: "tiny", dependencies: { dependency: "file:dependency.tgz" } };
    const release = async (version: string) => {
      write("dependency/package.json", JSON.stringify({ name: "dependency", version }));
      await promisify(execFile)("npm", ["pack", "./dependency"], { cwd: project });
      renameSync(join(project, `dependency-${version}.tgz`), join(project, "dependency.tgz"));
      const integrity = `sha512-${hash("sha512", readFileSync(join(project, "dependency.tgz")), "base64")}`;
      const locked = { version, resolved: "file:dependency.tgz", integrity };
      const packages = { "": manifest, "node_modules/dependency": locked };
      write(
        "package-lock.json",
        JSON.stringify({ ...manifest, lockfileVersion: 3, requires: true, packages }),
      );
    };
    const installed = () => readFileSync(join(project, "node_modules", "dependency", "package.json"), "utf8");
    write(
      "package.json",
      JSON.stringify({ name: "tiny", dependencies: { dependency: "file:dependency.tgz" } }),
    );
    for (const version of ["1.0.0", "1.0.1"]) {
      await release(version);
      assert.equal(installs(await start("hello.ts")), 1);
      assert.ok(installed().includes(version), installed());
    }
  });

  it("installs once when two start at once", async () => {
    const both = await Promise.all([start("hello.ts"), start("hello.ts")]);
    assert.deepEqual(
      both.map(({ code }) => code),
      [0, 0],
    );
    assert.equal(
      both.reduce((sum, run) => sum + installs(run), 0),
      1,
    );
  });

  it("builds a workspace, and builds it again when its source changes", async () => {
    const prepare = `node -e "fs.mkdirSync('bin',{recursive:true});fs.copyFileSync('one.txt','bin/one.txt')"`;
    write("packages/one/one.txt", "1");
    declare({ one: { name: "one", version: "1.0.0", main: "bin/one.txt", scripts: { prepare } } });
    await start("hello.ts");
    const built = join(project, "packages", "one", "bin", "one.txt");
    assert.equal(readFileSync(built, "utf8"), "1");
    write("packages/one/one.txt", "2");
    assert.equal(installs(await start("hello.ts")), 0);
    assert.equal(readFileSync(built, "utf8"), "2");
  });

  it("says that npm failed, with exit 4 and nothing on stdout, and installs once that is put right", async () => {
    const lock = readFileSync(join(project, "package-lock.json"), "utf8");
    write("package-lock.json", "{}");
    const failed = await start("hello.ts");
    assert.equal(failed.code, 4);
    assert.equal(failed.stdout, "");
    assert.match(failed.stderr, /npm ci failed \(exit code 1\)/);
    write("package-lock.json", lock);
    assert.equal((await start("hello.ts")).code, 0);
  });

  it("ends as the script ends", async () => {
    write("seven.ts", "process.exit(7);\n");
    write("killed.ts", 'process.kill(process.pid, "SIGKILL");\n');
    assert.equal((await start("seven.ts")).code, 7);
    assert.equal((await start("killed.ts")).code, 128 + 9);
  });

  for (const [signal, expected] of [
    ["SIGTERM", 31],
    ["SIGINT", 32],
    ["SIGHUP", 33],
  ] as const) {
    it(`passes ${signal} on, and waits for the script to end`, async () => {
      write(
        "waits.ts",
        `process.on("${signal}", () => setTimeout(() => process.exit(${expected}), 200));\n` +
          'setTimeout(() => {}, 20_000);\nconsole.log("ready");\n',
      );
      await start("hello.ts");
      const { child, end } = begin("waits.ts");
      child.stdout.once("data", () => child.kill(signal));
      const [code] = await end;
      assert.equal(code, expected);
    });
  }

  it("lets Ctrl-C reach the script once, as the terminal sends it", async () => {
    write(
      "counts.ts",
      'let count = 0;\nprocess.on("SIGINT", () => count++ || setTimeout(() => process.exit(40 + count), 400));\n' +
        'setTimeout(() => {}, 20_000);\nconsole.log("ready");\n',
    );
    await start("hello.ts");
    // The only Debian-essential program that makes a terminal; it ends as its command ends. It starts the command by
    // the user's shell, and some shells stay between the two and end at a Ctrl-C: hence the exec.
    const { child, end } = run("script", [
      "-qec",
      `exec "${process.execPath}" tools/start.mjs counts.ts`,
      "/dev/null",
    ]);
    child.stdout.once("data", () => child.stdin.write("\x03"));
    const [code] = await end;
    assert.equal(code, 41);
  });
});
