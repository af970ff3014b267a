import assert from "node:assert/strict";
import { readdir, readFile, readlink } from "node:fs/promises";
import { basename } from "node:path";
import { deleteKeys } from "../../integration/components/consul.ts";
import { purge } from "../../integration/components/nomad.ts";
import { jobsNamed } from "../../integration/stack/project.ts";
import { jobsOf } from "./jobs.ts";
import { sharedPlace, type Place } from "./own-cluster.ts";
import { startProxy, type Proxy } from "../../support/proxy.ts";
import { assertEnded, firstReleases, hurry, type Service } from "./services.ts";

/** The parents of a process, the nearest first. */
async function parentsOf(pid: number): Promise<number[]> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1] ?? 0);
  return parent > 1 ? [parent, ...(await parentsOf(parent))] : [];
}

/** Provider plugins of Nomad's below a process. */
async function pluginsBelow(ancestor: number): Promise<number[]> {
  const found: number[] = [];
  for (const pid of (await readdir("/proc")).map(Number).filter(Number.isInteger)) {
    const program = basename(await readlink(`/proc/${pid}/exe`).catch(() => ""));
    const first = basename(
      (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")).split("\0")[0] ?? "",
    );
    if (![program, first].includes("pulumi-resource-nomad")) continue;
    if ((await parentsOf(pid)).includes(ancestor)) found.push(pid);
  }
  return found;
}

describe("a provider plugin that is killed when Nomad has just got production's job", function () {
  this.timeout(600_000);
  let place: Place;
  let proxy: Proxy;
  let service: Service;
  /** Called once production's job is registered by Nomad's word, before Pulumi hears of it; then no more. */
  let onRegistered: (() => Promise<void>) | undefined;

  before(async () => {
    place = await sharedPlace();
    proxy = await startProxy(
      "nomad",
      place.nomadAddress,
      ({ method, path, body }) =>
        onRegistered !== undefined &&
        method !== "GET" &&
        path === "/v1/jobs" &&
        /"ID":"faults-plugin"/.test(body)
          ? "cut after"
          : "goes on",
      async () => {
        const now = onRegistered;
        onRegistered = undefined;
        await now?.();
      },
    );
    const there = { ...place, elsewhere: { NOMAD_ADDR: proxy.address } };
    const [only] = await firstReleases(there, [{ name: "faults-plugin" }]);
    assert.ok(only);
    service = only;
  });

  after(async () => {
    for (const name of await jobsNamed("faults-plugin")) await purge(name);
    await deleteKeys("nary/faults-plugin/");
    await proxy.close();
  });

  it("leaves production on the release before, and the gate says so", async () => {
    const clients = service.clients(20);
    const release = service.release("second");
    let killed = 0;
    onRegistered = async () => {
      for (const pid of await pluginsBelow(release.child.pid ?? assert.fail())) {
        killed += 1;
        process.kill(pid, "SIGKILL");
      }
    };
    const ended = await hurry(service, release);
    const failed = await clients.stop();

    assert.ok(killed > 0, ended.stdout);
    assertEnded(ended, 4);
    assert.match(ended.stdout, /the roll-out failed: pulumi up of .*; production is back on first/);
    assert.deepEqual(failed, [], ended.stdout);
    const { promoted, traffic } = await service.records();
    assert.deepEqual([promoted, traffic], ["first", "off"]);
    assert.deepEqual(await jobsOf(place, service.name), {
      [service.name]: "first",
      [`${service.name}-haproxy`]: undefined,
    });
  });
});
