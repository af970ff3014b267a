import assert from "node:assert/strict";
import fc from "fast-check";
import { renderConfiguration } from "../../../components/haproxy/configuration.ts";
import { description } from "../../../components/haproxy/description.ts";
import { renderHaproxyJob } from "../../../components/haproxy/job.ts";
import { canaryWorkload } from "../../../components/job/canary.ts";
import { haproxyOf } from "./descriptions.ts";

const hostile = fc.constantFrom(
  "\n",
  "\r",
  "\u2028",
  " ",
  '"',
  "'",
  "\\",
  "{{",
  "}}",
  "${",
  "#",
  ";",
  "`",
  "\0",
  "%",
);

const good = {
  environment: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/),
  service: fc.stringMatching(/^[a-z][a-z0-9]{0,20}$/),
  bind: fc.oneof(fc.ipV4(), fc.ipV6(), fc.constant("*")),
  port: fc.integer({ min: 1, max: 65_535 }).map(String),
  statsPort: fc.integer({ min: 1, max: 65_535 }).map(String),
  command: fc.stringMatching(/^[a-z/.]{1,10}$/),
  statusPath: fc.stringMatching(/^\/[a-z0-9~_-]{1,20}$/),
  counterPath: fc.stringMatching(/^\/[a-z0-9~_-]{1,20}$/),
};

/** Settings that are good but for one, into which something was put that means more to HAProxy or to a template. */
const settings = fc
  .record({
    given: fc.record(good),
    key: fc.constantFrom("none", ...Object.keys(good)),
    text: fc.oneof(hostile, fc.string({ unit: "binary" })),
    at: fc.nat({ max: 20 }),
  })
  .map(({ given, key, text, at }) =>
    Object.fromEntries(
      Object.entries(given).map(([name, value]) =>
        name === key ? [name, value.slice(0, at) + text + value.slice(at)] : [name, value],
      ),
    ),
  );

/** What the lines begin with and which template tags they have; a setting can only change the rest. */
function skeleton(configuration: string): string[] {
  return configuration
    .split(/[\n\r\u2028]/)
    .map((line) => [/^\s*\S*/.exec(line)?.[0], ...(line.match(/\{\{-? *\w+|\}\}/g) ?? [])].join(" "));
}

describe("HAProxy's configuration", () => {
  it("has the same lines whatever the settings are", () => {
    const expected = skeleton(renderConfiguration(haproxyOf()));
    const accepted = { yes: 0, no: 0 };
    fc.assert(
      fc.property(settings, (given) => {
        const parsed = description.safeParse(given);
        accepted[parsed.success ? "yes" : "no"] += 1;
        if (parsed.success) assert.deepEqual(skeleton(renderConfiguration(parsed.data)), expected);
      }),
      { numRuns: 3000 },
    );
    assert.ok(accepted.yes > 300 && accepted.no > 300, JSON.stringify(accepted));
  });

  it("begins and ends with its own lines, however the servers change", () => {
    const text = renderConfiguration(haproxyOf());
    assert.match(text, /^global\n/);
    assert.match(text, /\n {2}stats refresh 2s\n$/);
  });

  it("passes nothing on to the next process where its socket would not be found", () => {
    const passesOn = (global: string[]) =>
      renderConfiguration(haproxyOf({ extra: { global } })).includes("api_next");
    assert.equal(passesOn(["nbthread 2", "ulimit-n 4096"]), true);
    for (const line of ["user haproxy", "group haproxy", "chroot /var/lib/haproxy", "uid  99", "gid 99"])
      assert.equal(passesOn(["nbthread 2", line]), false, line);
  });
});

describe("HAProxy's job", () => {
  it("does not change with a release, so that a release never interrupts HAProxy", () => {
    assert.doesNotMatch(JSON.stringify(renderHaproxyJob(haproxyOf({ release: "a-release" }))), /a-release/);
  });

  it("is reloaded at once: Nomad does not wait at random, up to five seconds, as it does unless told", () => {
    const templates = renderHaproxyJob(haproxyOf()).TaskGroups[0]?.Tasks[0]?.Templates ?? [];
    assert.deepEqual(
      templates.flatMap((template) => (template.ChangeMode === "script" ? [template.Splay] : [])),
      [0],
    );
  });

  it("asks Nomad for the ports that it listens on", () => {
    const [group] = renderHaproxyJob(haproxyOf()).TaskGroups;
    assert.deepEqual(group?.Networks[0]?.ReservedPorts, [
      { Label: "frontend", Value: 8080 },
      { Label: "stats", Value: 8404 },
    ]);
  });

  it("has scripts that hold no setting", () => {
    const scripts = (changes: object) =>
      renderHaproxyJob(haproxyOf(changes)).TaskGroups[0]?.Tasks[0]?.Templates?.slice(0, 2);
    assert.deepEqual(scripts({ service: "other", command: "/opt/haproxy", port: 1 }), scripts({}));
  });
});

describe("a job's settings", () => {
  it("never make anything but text of the text in them", () => {
    const text = fc.string({ unit: "binary", maxLength: 40 }).filter((value) => !value.includes("\0"));
    fc.assert(
      fc.property(fc.array(text), text, (args, value) => {
        const given = { environment: "e", service: "s", release: "r", count: 1, startSeconds: 9 };
        const parsed = canaryWorkload.parse({
          ...given,
          task: { driver: "raw_exec", args },
          env: { A: value },
        });
        assert.deepEqual(parsed.task.args, args);
        assert.equal(parsed.env["A"], value);
      }),
    );
  });
});
