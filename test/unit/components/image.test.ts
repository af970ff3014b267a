import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { imageArgs } from "../../../components/image/args.ts";
import { checkoutOf } from "../../../components/image/checkout.ts";
import { tagOf } from "../../../components/image/tag.ts";
import { imageRepository, registryOf } from "../../../settings/image.ts";
import { temporaryFolder } from "../../support/temporary.ts";

function git(folder: string, ...args: readonly string[]): string {
  const who = ["-c", "user.name=test", "-c", "user.email=test@localhost", "-c", "commit.gpgsign=false"];
  return execFileSync("git", ["-C", folder, ...who, ...args], { encoding: "utf8" }).trim();
}

describe("an image's tag", () => {
  let repository: string;
  let context: string;

  const look = (dockerfile?: string) => checkoutOf(context, dockerfile);
  const tag = (allowDirty: boolean, dockerfile?: string) => tagOf(look(dockerfile), allowDirty);
  const commit = () => {
    git(repository, "add", "--all");
    git(repository, "commit", "--quiet", "--message", "a commit");
    return git(repository, "rev-parse", "HEAD");
  };

  beforeEach(async () => {
    repository = await temporaryFolder();
    context = join(repository, "app");
    await mkdir(context);
    git(repository, "init", "--quiet");
    await writeFile(join(context, "main.ts"), "1");
    await writeFile(join(repository, ".gitignore"), "node_modules\n");
    await writeFile(join(repository, "Dockerfile"), "FROM scratch\n");
  });

  it("is the commit of a clean context, whatever there is beside it", async () => {
    const made = commit();
    await writeFile(join(repository, "beside"), "not of the image");
    await mkdir(join(context, "node_modules"));
    await writeFile(join(context, "node_modules", "ignored"), "");
    assert.deepEqual(tag(false), { ok: true, tag: made });
  });

  it("is refused with what is not committed, unless it is allowed", async () => {
    const made = commit();
    await writeFile(join(context, "main.ts"), "2");
    for (const name of ["a", "b", "new file"]) await writeFile(join(context, name), name);
    assert.deepEqual(tag(false), {
      ok: false,
      reason:
        "has changes that are not committed (app/main.ts, a, b and 1 more): commit them, or set allowDirty",
    });
    const dirty = tag(true);
    assert.ok(dirty.ok && new RegExp(`^${made}-dirty-[0-9a-f]{12}$`).test(dirty.tag));
    assert.deepEqual(tag(true), dirty, "the same changes have the same tag");
  });

  it("tells apart what changed: a tracked file, a new one, a link, the Dockerfile elsewhere", async () => {
    commit();
    const dockerfile = join(repository, "Dockerfile");
    const seen = new Set<string>();
    const changes = [
      () => writeFile(join(context, "main.ts"), "2"),
      () => writeFile(join(context, "new"), "1"),
      () => writeFile(join(context, "new"), "2"),
      () => symlink("one", join(context, "link")),
      () => rm(join(context, "link")).then(() => symlink("two", join(context, "link"))),
      () => writeFile(dockerfile, "FROM other\n"),
      () => rm(join(context, "main.ts")),
    ];
    for (const change of changes) {
      await change();
      const made = tag(true, dockerfile);
      assert.ok(made.ok);
      seen.add(made.tag);
    }
    assert.equal(seen.size, changes.length);
  });

  it("needs a commit, of a repository that has the Dockerfile too", async () => {
    assert.match(JSON.stringify(look()), /is in no git repository with a commit/);
    commit();
    const elsewhere = join(await temporaryFolder(), "Dockerfile");
    await writeFile(elsewhere, "FROM scratch\n");
    assert.match(
      JSON.stringify(look(elsewhere)),
      /is in another git repository than the Dockerfile.*give tag/,
    );
    assert.deepEqual(checkoutOf(join(repository, "none"), undefined), {
      kind: "none",
      why: "is not a folder",
    });
  });
});

describe("an image's arguments", () => {
  it("know the registry of a repository as Docker does", () => {
    const registries = {
      "registry.example/api": "registry.example",
      "127.0.0.1:5000/team/api": "127.0.0.1:5000",
      "localhost/api": "localhost",
      "team/api": "docker.io",
      api: "docker.io",
    };
    for (const [name, registry] of Object.entries(registries))
      assert.equal(registryOf(imageRepository.parse(name)), registry);
  });

  it("are refused with what is allowed", () => {
    const refused = (changes: object) => {
      const { error } = imageArgs.safeParse({ name: "registry.example/api", context: ".", ...changes });
      return error?.issues.map(({ path, message }) => `${path.join(".")} ${message}`);
    };
    const login = { server: "registry.example", username: "me", password: "it" };
    assert.equal(refused({ registry: login }), undefined);
    const cases: [object, RegExp][] = [
      [{ name: "registry.example/api:1.0.0" }, /^name must be the name of a repository without a tag/],
      [{ name: "Registry.example/API" }, /^name must be the name/],
      [{ name: "--help" }, /^name must be the name/],
      [{ context: "" }, /^context must be a path/],
      [{ tag: "a b" }, /^tag must be a tag: 1 to 128/],
      [{ target: "--x" }, /^target must be the name of a stage/],
      [{ platform: "amd64" }, /^platform must be a platform, such as linux\/arm64/],
      [{ args: { "A-B": "1" } }, /^args must have names of letters/],
      [{ args: { A: 1 } }, /^args.A must be a text/],
      [{ registry: { ...login, password: "" } }, /^registry.password must be a text that is not empty/],
      [
        { registry: { ...login, server: "https://registry.example" } },
        /^registry.server must be registry.example/,
      ],
    ];
    for (const [changes, said] of cases) assert.match(refused(changes)?.join() ?? "accepted", said);
  });
});
