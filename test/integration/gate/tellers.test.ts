import assert from "node:assert/strict";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Event } from "../../../gate/tell/events.ts";
import { Textfile } from "../../../gate/tell/metrics/textfile.ts";
import { Tellers, type TellersOptions } from "../../../gate/tell/tellers.ts";
import { notify } from "../../../settings/notify.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { origin, stacks, rejection } from "../../unit/gate/tell/told.ts";
import { eventually } from "./job.ts";
import { receiver } from "./receiver.ts";
import { listen } from "./sockets.ts";

type Opened = { tellers: Tellers; told: Event[]; late: string[] };

function open(options: Partial<TellersOptions>): Opened {
  const told: Event[] = [];
  const late: string[] = [];
  const tellers = new Tellers({
    screen: (event) => told.push(event),
    environment: {},
    onLate: (why) => late.push(why),
    ...options,
  });
  return { tellers, told, late };
}
const warningsIn = (told: readonly Event[]) =>
  told.flatMap((event) => (event.event === "warning" ? [event.why] : []));

/** Tells a whole release, as `nary` does it. */
async function release({ tellers }: Opened, settings: readonly object[] = []): Promise<void> {
  const [start = assert.fail(), ...rest] = rejection;
  tellers.tell(start);
  await tellers.listen();
  tellers.settle(origin, stacks, notify.parse(settings));
  for (const event of rest) tellers.tell(event);
  await tellers.close();
}

describe("all who are told of a release", function () {
  this.timeout(20_000);

  it("hear what was told before anybody knew them, too", async () => {
    await using there = await receiver();
    const opened = open({});
    await release(opened, [{ url: there.url, events: ["start", "end"] }]);
    assert.deepEqual(
      there.received.map(({ body }) => /"type":"([a-z.]+)"/.exec(body)?.[1]),
      ["nary.start", "nary.end"],
    );
    assert.deepEqual(opened.told, rejection);
    assert.deepEqual(opened.late, []);
  });

  it("are told after the end what one of them did not get", async () => {
    await using there = await receiver((response) => response.writeHead(404).end());
    const opened = open({});
    await release(opened, [{ url: there.url, events: ["end"] }]);
    assert.equal(opened.told.at(-1)?.event, "end");
    assert.ok(
      opened.late.some((why) => /nary:notify\[0\] .* was not told 1 message: it answered 404/.test(why)),
    );
  });
});

describe("a summary's file", () => {
  it("is appended to", async () => {
    const summary = join(await temporaryFolder(), "summary.md");
    await writeFile(summary, "# before\n\n");
    await release(open({ summary }));
    await release(open({ summary }));
    const text = await readFile(summary, "utf8");
    assert.match(text, /^# before\n\n## api: rejected\n/);
    assert.equal(text.split("## api: rejected").length, 3);
  });

  for (const [what, path] of [
    ["on a full disk", "/dev/full"],
    ["in a folder that is not there", "/nowhere/summary.md"],
  ] as const)
    it(`${what} is one warning, and nothing else`, async () => {
      const opened = open({ summary: path });
      await release(opened);
      assert.equal(opened.late.length, 1);
      assert.match(opened.late[0] ?? "", new RegExp(`summary cannot be written to ${path}: (ENOSPC|ENOENT)`));
      assert.deepEqual(opened.told, rejection);
    });
});

describe("metrics in a file", () => {
  it("are kept up to date while a release runs, as a whole each time, and are left at its end", async () => {
    const folder = await temporaryFolder();
    const metricsFile = join(folder, "nary.prom");
    const { tellers } = open({ metricsFile });
    tellers.settle(origin, stacks, []);
    for (const event of rejection.slice(0, -1)) tellers.tell(event);
    const read = async () => await readFile(metricsFile, "utf8").catch(() => undefined);
    const first = await eventually("the file", read);
    assert.match(first, /nary_release_phase\{.*phase="remove"\} 1\n/);
    tellers.tell(rejection.at(-1) ?? assert.fail());
    await eventually("what came later", async () => {
      return (await read())?.includes("nary_release_exit_code") === true || undefined;
    });
    await tellers.close();
    assert.match((await read()) ?? "", /nary_release_exit_code\{.*\} 1\n/);
    assert.deepEqual(await readdir(folder), ["nary.prom"]);
    assert.equal((await stat(metricsFile)).mode & 0o777, 0o644, "others read it");
  });

  it("are written once for each change, as soon as there are any, whatever somebody killed has left there", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, `.nary.prom.${process.pid}`), "half");
    let text = "";
    let asked = 0;
    const path = join(folder, "nary.prom");
    const current = () => {
      asked += 1;
      return text;
    };
    const file = new Textfile({ path, text: current, onWarning: (why) => assert.fail(why) });
    file.changed();
    await file.close();
    await assert.rejects(readFile(path), { code: "ENOENT" });
    text = "a 1\n";
    file.changed();
    await file.close();
    await file.close();
    assert.deepEqual([await readFile(path, "utf8"), asked], [text, 2]);
    assert.deepEqual(await readdir(folder), ["nary.prom"]);
  });

  it("that cannot be written twice are one warning too", async () => {
    const warnings: string[] = [];
    const onWarning = (why: string) => warnings.push(why);
    const file = new Textfile({ path: "/nowhere/nary.prom", text: () => "a 1\n", onWarning });
    for (let time = 0; time < 2; time++) {
      file.changed();
      await file.close();
    }
    assert.equal(warnings.length, 1);
  });

  it("that cannot be written are one warning", async () => {
    const folder = await temporaryFolder();
    const metricsFile = join(folder, "nary.prom");
    await mkdir(metricsFile);
    const opened = open({ metricsFile });
    await release(opened);
    assert.equal([...warningsIn(opened.told), ...opened.late].length, 1);
    assert.match(opened.late[0] ?? "", /metrics cannot be written to .*nary\.prom: /);
    assert.deepEqual(await readdir(folder), ["nary.prom"]);
  });
});

describe("metrics that can be scraped", () => {
  it("are there while a release runs, and say so", async () => {
    const { tellers, told } = open({ metricsListen: { host: "127.0.0.1", port: 0 } });
    await tellers.listen();
    const [first] = told;
    assert.ok(first?.event === "metrics");
    const scrape = async () => await fetch(first.address);
    assert.equal(await (await scrape()).text(), "");
    tellers.settle(origin, stacks, []);
    for (const event of rejection.slice(0, 10)) tellers.tell(event);
    const response = await scrape();
    assert.match(response.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
    assert.match(await response.text(), /nary_requests_total\{.*side="canary"\} 5\n/);
    assert.equal((await fetch(new URL("/", first.address))).status, 404);
    assert.equal((await fetch(`${first.address}?collect=all`)).status, 200);
    assert.equal((await fetch(first.address, { method: "HEAD" })).status, 200);
    const posted = await fetch(first.address, { method: "POST" });
    assert.deepEqual([posted.status, posted.headers.get("allow")], [405, "GET, HEAD"]);
    await tellers.close();
    await assert.rejects(scrape());
  });

  it("are a warning where somebody else listens", async () => {
    await using taken = await listen(() => undefined);
    const opened = open({ metricsListen: { host: taken.host, port: taken.port } });
    await release(opened);
    assert.match(warningsIn(opened.told).join("\n"), /^nobody can scrape metrics: listen EADDRINUSE.*$/);
  });
});
