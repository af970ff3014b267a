import assert from "node:assert/strict";
import { open, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { deleteKeys } from "../../integration/components/consul.ts";
import { purge } from "../../integration/components/nomad.ts";
import { configure, jobsNamed } from "../../integration/stack/project.ts";
import { runProgram } from "../../support/program.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { jobsOf } from "./jobs.ts";
import { sharedPlace, type Place } from "./own-cluster.ts";
import { assertEnded, firstReleases, hurry, requests, trafficOn, type Service } from "./services.ts";

describe("a disk that is full in the middle of a release", function () {
  this.timeout(600_000);
  let place: Place;
  let recorded: Service;
  let working: Service;
  let disk: string;

  before(async () => {
    disk = join(await temporaryFolder(), "disk");
    await mkdir(disk);
    const mounted = await runProgram("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", disk]);
    assert.equal(mounted.exitCode, 0, mounted.stderr);
    place = await sharedPlace();
    const [one, other] = await firstReleases(place, [
      { name: "disk-record", ofCanary: requests(500) },
      { name: "disk-work", ofCanary: requests(500) },
    ]);
    assert.ok(one && other);
    [recorded, working] = [one, other];
    await configure(recorded.project, recorded.canary, { "gate.record": join(disk, "records") });
  });

  after(async () => {
    await runProgram("umount", [disk]);
    for (const name of await jobsNamed("disk-")) await purge(name);
    for (const name of ["disk-record", "disk-work"]) await deleteKeys(`nary/${name}/`);
  });

  /** Takes all the room that there is. */
  async function fill(): Promise<void> {
    const file = await open(join(disk, "full"), "a");
    try {
      for (;;) await file.write(Buffer.alloc(4096));
    } catch (error) {
      assert.match(String(error), /ENOSPC/);
    } finally {
      await file.close();
    }
  }

  it("costs the record, and no promotion is made where Pulumi has no room to work", async () => {
    const temporary = join(disk, "tmp");
    await mkdir(temporary);
    const clients = [recorded.clients(20), working.clients(20)];
    const releases = [recorded.release("second"), working.release("second", { TMPDIR: temporary })] as const;
    await Promise.all(releases.map(({ says }) => says(trafficOn)));
    await fill();
    const ended = await Promise.all([hurry(recorded, releases[0]), hurry(working, releases[1])]);
    await rm(join(disk, "full"));
    const failed = await Promise.all(clients.map(({ stop }) => stop()));

    const [promoted, refused] = ended;
    assertEnded(promoted, 0);
    assert.match(promoted.stdout, /warning: the record \S+ cannot be written, .*ENOSPC/);
    assertEnded(refused, 4);
    assert.match(refused.stdout, /not promoted: .*ENOSPC/);
    assert.deepEqual(failed, [[], []], ended.map(({ stdout }) => stdout).join("\n"));
    const records = await Promise.all([recorded.records(), working.records()]);
    assert.deepEqual(
      records.map(({ promoted: now, traffic }) => [now, traffic]),
      [
        ["second", "off"],
        ["first", "off"],
      ],
    );
    // What the full disk left is taken away as the message says.
    assertEnded(await working.nary("reject").ended, 1);
    assert.deepEqual(await jobsOf(place, working.name), {
      [working.name]: "first",
      [`${working.name}-haproxy`]: undefined,
    });
  });
});
