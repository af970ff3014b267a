import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { costLogOf, whereToLook } from "../../../demo/cost-log.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const logged = { msg: "One request made 12 queries.", team: "core", queries: 12, stacks: { first: "at x" } };

describe("what a canary logged of its costs", () => {
  let records: string;

  beforeEach(async () => {
    records = await temporaryFolder();
  });

  /** Writes evidence of one canary. Resolves to its file. */
  async function evidence(name: string, release: string, stdout: string[] | null): Promise<string> {
    const file = join(records, "nary", "local-api", `${name}.evidence.json`);
    await mkdir(join(records, "nary", "local-api"), { recursive: true });
    await writeFile(file, JSON.stringify({ release, instances: [{ tasks: [{ stdout }] }] }));
    return file;
  }

  it("is found in the evidence of its release, among other lines and other releases", async () => {
    await evidence("a", "good", [JSON.stringify({ ...logged, team: "other" })]);
    const file = await evidence("b", "fan-out", ["listening", '{"msg":"other"}', JSON.stringify(logged)]);
    assert.deepEqual(await costLogOf("fan-out", records), { text: logged.msg, team: "core", file });
  });

  it("is nothing where no canary logged it, or none was looked into", async () => {
    await evidence("a", "bad", ["listening"]);
    await evidence("b", "bad", null);
    assert.equal(await costLogOf("bad", records), undefined);
    assert.equal(await costLogOf("bad", join(records, "nowhere")), undefined);
  });

  it("is told with the file that has all of it, which stays only where the demo is kept", () => {
    const log = { text: logged.msg, team: "core", file: "/records/b.evidence.json" };
    assert.match(
      whereToLook("fan-out", log, true),
      /team core: One request .*: \/records\/b\.evidence\.json;/,
    );
    assert.doesNotMatch(whereToLook("fan-out", log, false), /records/);
    assert.match(whereToLook("fan-out", log, false), /--keep/);
  });
});
