import assert from "node:assert/strict";
import { readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { stackFileOf, withRelease, withStackFile } from "../../../../gate/act/stack-file.ts";
import { release } from "../../../../settings/names.ts";
import { temporaryFolder } from "../../../support/temporary.ts";

const file = `# read me
encryptionsalt: v1:abc=
config:
  nary:role: canary # the role
  nary:token:
    secure: v1:def=
  nary:task:
    driver: docker
`;
const wanted = release.parse("registry.example/api@sha256:0123");

describe("a stack's file with another release", () => {
  it("keeps comments, secrets and order", () => {
    assert.equal(withRelease(file, wanted), `${file}  nary:release: ${wanted}\n`);
  });

  it("has the release in the place of the one before", () => {
    const pinned = `${file}  nary:release: api:1 # pinned\n`;
    assert.equal(withRelease(pinned, wanted), `${file}  nary:release: ${wanted} # pinned\n`);
  });

  it("can be made of an empty file", () => {
    assert.equal(withRelease("", wanted), `config:\n  nary:release: ${wanted}\n`);
  });

  it("is a copy that is gone after the work, also when that fails, and the tracked file stays", async () => {
    const folder = await temporaryFolder();
    const tracked = join(folder, "Pulumi.canary.yaml");
    await writeFile(tracked, file);
    let copy = "";
    const work = withStackFile(tracked, wanted, async (path) => {
      copy = path;
      assert.match(await readFile(path, "utf8"), /nary:release: registry/);
      assert.equal((await stat(path)).mode & 0o077, 0);
      throw new Error("the work failed");
    });
    await assert.rejects(work, /the work failed/);
    await assert.rejects(stat(dirname(copy)), { code: "ENOENT" });
    assert.equal(await readFile(tracked, "utf8"), file);
  });
});

describe("where a stack's file is", () => {
  it("is beside Pulumi.yaml, under the last part of the stack's name", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "Pulumi.yaml"), "name: nary\n");
    assert.equal(
      await stackFileOf(folder, "organization/nary/local-canary"),
      join(folder, "Pulumi.local-canary.yaml"),
    );
  });

  it("is in the folder that Pulumi.yaml names", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "Pulumi.yaml"), "name: nary\nstackConfigDir: stacks\n");
    assert.equal(await stackFileOf(folder, "canary"), join(folder, "stacks", "Pulumi.canary.yaml"));
  });
});
