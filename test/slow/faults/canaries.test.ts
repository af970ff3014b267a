import assert from "node:assert/strict";
import { deleteKeys } from "../../integration/components/consul.ts";
import { purge } from "../../integration/components/nomad.ts";
import { jobsNamed } from "../../integration/stack/project.ts";
import { jobsOf } from "./jobs.ts";
import { sharedPlace, type Place } from "./own-cluster.ts";
import { assertEnded, firstReleases, requests, trafficOn, type Service } from "./services.ts";
import { killTasks, tasksOf } from "./tasks.ts";

const ofCanary = { ...requests(100_000), count: "2" };
const ofProduction = { count: "3" };

describe("canaries that fail without a word", function () {
  this.timeout(600_000);
  let place: Place;
  let gone: Service;
  let hanging: Service;

  before(async () => {
    place = await sharedPlace();
    const [one, other] = await firstReleases(place, [
      { name: "faults-gone", ofCanary, ofProduction },
      { name: "faults-hanging", ofCanary, ofProduction },
    ]);
    assert.ok(one && other);
    [gone, hanging] = [one, other];
  });
  after(async () => {
    for (const name of await jobsNamed("faults-")) await purge(name);
    for (const name of ["faults-gone", "faults-hanging"]) await deleteKeys(`nary/${name}/`);
  });

  it("are rejected, all killed or half of them hanging, and their clients get an answer from production", async () => {
    const clients = [gone.clients(), hanging.clients()];
    const releases = [gone.release("second"), hanging.release("second")] as const;
    await Promise.all(releases.map(({ says }) => says(trafficOn)));
    const [stopped = assert.fail("no task hangs")] = await tasksOf(`${hanging.name}-canary`);
    const killed = await killTasks(`${gone.name}-canary`);
    process.kill(stopped, "SIGSTOP");
    const ended = await Promise.all(releases.map((release) => release.ended));
    const failed = await Promise.all(clients.map(({ stop }) => stop()));

    assert.equal(killed.length, 2);
    for (const each of ended) assertEnded(each, 1);
    assert.match(
      ended[0]?.stdout ?? "",
      /rejected second after .*(?:crashed: task .*Exit Code: 137|could not be reached|HAProxy saw \d+ answers? refused, cut, empty or late)/,
    );
    assert.match(
      ended[1]?.stdout ?? "",
      /rejected second after .*did not answer within \d+ s, 3 times in a row/,
    );
    assert.deepEqual(failed, [[], []], ended.map(({ stdout }) => stdout).join("\n"));
    for (const { records, name } of [gone, hanging]) {
      assert.deepEqual(await records(), {
        promoted: "first",
        traffic: "off",
        history: ["promote first", "reject second"],
      });
      assert.deepEqual(await jobsOf(place, name), { [name]: "first", [`${name}-haproxy`]: undefined });
    }
  });
});
