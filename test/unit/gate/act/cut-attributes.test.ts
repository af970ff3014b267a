import assert from "node:assert/strict";
import { access, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isCutOff, removeCutAttributes } from "../../../../gate/act/cut-attributes.ts";
import { temporaryFolder } from "../../../support/temporary.ts";

const state = ".pulumi/stacks/project/canary.json";
const lock = ".pulumi/locks/organization/project/canary/4711.json";

describe("attributes that a killed Pulumi left empty", () => {
  let folder: string;

  async function write(file: string, content: string): Promise<string> {
    const path = join(folder, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    return path;
  }

  const isThere = (path: string) =>
    access(path).then(
      () => true,
      () => false,
    );

  beforeEach(async () => {
    folder = await temporaryFolder();
  });

  it("are removed, of a state and of a lock, and nothing else is", async () => {
    const empty = [await write(`${lock}.attrs`, ""), await write(`${state}.attrs`, "")];
    const full = [
      await write(state, "{}"),
      await write(lock, ""),
      await write(`${state}.bak.attrs`, `{"md5":""}`),
    ];
    assert.deepEqual((await removeCutAttributes(`file://${folder}?no_tmp_dir=true`, "/")).sort(), empty);
    assert.deepEqual(await Promise.all(empty.map(isThere)), [false, false]);
    assert.deepEqual(await Promise.all(full.map(isThere)), [true, true, true]);
  });

  it("are found where the backend is named from where Pulumi runs", async () => {
    const empty = await write(`backend/${state}.attrs`, "");
    assert.deepEqual(await removeCutAttributes("file://./backend", folder), [empty]);
  });

  it("are left to a Pulumi that still writes them", async () => {
    const path = await write(`${state}.attrs`, "");
    const removing = removeCutAttributes(`file://${folder}`, "/");
    setTimeout(() => void writeFile(path, "{}"), 100);
    assert.deepEqual(await removing, []);
    assert.equal(await isThere(path), true);
  });

  it("are no matter of other backends", async () => {
    await write(`${state}.attrs`, "");
    assert.deepEqual(await removeCutAttributes("s3://bucket", folder), []);
  });

  it("show in what Pulumi says, and other ends of files do not", () => {
    assert.equal(isCutOff("error: failed to load checkpoint: EOF\n"), true);
    assert.equal(isCutOff("error: EOF\n"), true);
    assert.equal(isCutOff("error: could not deserialize deployment: unexpected EOF\n"), false);
    assert.equal(isCutOff("error: Get https://example.com: EOF\n"), false);
  });
});
