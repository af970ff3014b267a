import assert from "node:assert/strict";
import { SettingsError } from "../../../settings/errors.ts";
import { parseSettings } from "../../../settings/parse.ts";
import { configuration, minimal, parse, type StackFile } from "./stack-file.ts";

const canary = minimal("canary");
const production = minimal("production");

/** The one sentence with which settings are refused. */
function refusal(file: StackFile): string {
  try {
    parseSettings(file["haproxy"] === undefined ? "canary" : "production", configuration(file));
  } catch (error) {
    assert.ok(error instanceof SettingsError);
    assert.equal(error.code, "NARY_SETTINGS");
    return error.message;
  }
  throw new Error("They were accepted.");
}

function refuses(title: string, changes: StackFile, ...expected: RegExp[]): void {
  it(title, () => {
    const sentence = refusal({ ...canary, ...changes });
    assert.equal(sentence.split("\n").length, 1, sentence);
    for (const part of [/^Pulumi\.canary\.yaml: /, ...expected]) assert.match(sentence, part);
  });
}

describe("settings that can be used", () => {
  it("are the seed's in the canary's own file", () => {
    const settings = parse({ ...canary, cpu: 5000, memory: 1600, port: "webserver_http", release: "id" });
    assert.equal(settings.role, "canary");
    assert.deepEqual(settings.task, { driver: "docker", args: [], forcePull: false });
    assert.deepEqual(
      [settings.service, settings.count, settings.cpu, settings.memory, settings.port, settings.release],
      ["api", 8, 5000, 1600, "webserver_http", "id"],
    );
  });

  it("keep names that look like numbers as text", () => {
    assert.equal(parse({ ...canary, release: "20260101" }).release, "20260101");
    assert.equal(parse({ ...canary, release: "1e3" }).release, "1e3");
    assert.equal(parse({ ...canary, namespace: "1e3" }).namespace, "1e3");
  });

  it("are taken for what was meant where a stack's file gives another type", () => {
    const task = { driver: "raw_exec", args: [8080, true, "x"] };
    const settings = parse({
      ...canary,
      task,
      env: { WORKERS: 4, VERBOSE: false },
      gate: { limitSeconds: "90" },
    });
    assert.equal(settings.role, "canary");
    assert.deepEqual(settings.task, { driver: "raw_exec", args: ["8080", "true", "x"] });
    assert.deepEqual(settings.env, { WORKERS: "4", VERBOSE: "false" });
    assert.equal(settings.gate.limitSeconds, 90);
  });

  it("are a process shut off from its neighbours, with a command or without", () => {
    assert.deepEqual(parse({ ...canary, task: { driver: "exec" } }).task, { driver: "exec", args: [] });
    const task = { driver: "exec", command: "node", args: ["x"] };
    assert.deepEqual(parse({ ...canary, task }).task, task);
  });

  it("are not mixed up with other programs' keys", () => {
    const others = { "nomad:address": "http://nomad:4646", "aws:region": "{" };
    assert.equal(parseSettings("canary", { ...configuration(canary), ...others }).settings.count, 8);
  });

  it("have a goal of either a bound or a number of requests", () => {
    const goal = (policy: unknown) => {
      const settings = parse({ ...canary, policy });
      return settings.role === "canary" && settings.policy.type === "zero-errors"
        ? settings.policy.goal
        : undefined;
    };
    assert.deepEqual(goal({ type: "zero-errors" }), { errorRate: 1e-4, confidence: 0.999 });
    assert.deepEqual(goal({ type: "zero-errors", requests: 75_000 }), { requests: 75_000 });
    assert.match(
      refusal({ ...canary, policy: { type: "zero-errors", requests: 5, confidence: 0.9 } }),
      /nary:policy is .* must give either requests, or errorRate and confidence/,
    );
  });
});

describe("settings that cannot be used", () => {
  for (const count of [0, -1, 1.5, "eight", "", null, [8], 1e9]) {
    refuses(
      `are a count of ${JSON.stringify(count)}`,
      { count },
      /nary:count is .*: it must be a whole number of instances, at least 1/,
      /pulumi config set nary:count 8 --stack canary$/,
    );
  }
  for (const service of ["a b", 'a"b', "{{ key }}", "a\nb", "Api", "-a", "a-", "a.b", "a".repeat(49), "8"]) {
    refuses(
      `are a service called ${JSON.stringify(service)}`,
      { service },
      /nary:service is ".*": it must be 1 to 48/,
    );
  }
  for (const service of ["canary", "api-canary", "api-twin", "api-haproxy"]) {
    refuses(
      `are a service called ${service}, which stands beside another`,
      { service },
      /must not be canary, twin or haproxy/,
    );
  }
  for (const release of ["a b", "{{ x }}", "${NOMAD_META_x}", "a\nb", "--privileged", "a;b", ""]) {
    refuses(
      `are a release called ${JSON.stringify(release)}`,
      { release },
      /nary:release is .* must be an image reference/,
    );
  }
  refuses(
    "are a driver that there is none of",
    { task: { driver: "podman" } },
    /nary:task\.driver is "podman": it must be one of: docker, exec, raw_exec\./,
    /pulumi config set --path nary:task\.driver docker --stack canary$/,
  );
  refuses(
    "are a task that is only a word",
    { task: "docker" },
    /must have a driver, one of: docker, exec, raw_exec/,
  );
  refuses(
    "are docker's words under raw_exec",
    { task: { driver: "raw_exec", forcePull: true } },
    /nary:task\.forcePull is not a setting of the driver "raw_exec"/,
    /pulumi config rm --path nary:task\.forcePull --stack canary$/,
  );
  refuses(
    "are docker's words under exec",
    { task: { driver: "exec", networkMode: "host" } },
    /nary:task\.networkMode is not a setting of the driver "exec"/,
  );
  it("are a word of another type of rescheduling", () => {
    const sentence = refusal({ ...production, reschedule: { type: "never", attempts: 2 } });
    assert.match(sentence, /nary:reschedule\.attempts is not a setting of the type "never"/);
  });
  it("are a rescheduling without its type", () => {
    const sentence = refusal({ ...production, reschedule: { delaySeconds: 10 } });
    assert.match(sentence, /nary:reschedule\.type is missing\. .*--path nary:reschedule\.type unlimited/);
  });
  refuses(
    "are production's words in a canary",
    { update: {} },
    /nary:update is not a setting of the role "canary"/,
  );
  refuses(
    "are misspelt",
    { conut: 8 },
    /nary:conut is not a setting.*pulumi config rm nary:conut --stack canary$/,
  );
  refuses("are misspelt inside", { gate: { limit: 8 } }, /nary:gate\.limit is not a setting/);
  refuses(
    "are an unknown role",
    { role: "boss" },
    /nary:role is "boss": it must be canary, twin or production/,
  );
  refuses(
    "are a path that is none",
    { statusPath: "status" },
    /nary:statusPath is "status": it must be a path/,
  );
  refuses("are a path with dots", { counterPath: "/a/../b" }, /nary:counterPath .* without empty names/);
  refuses("are the counts at the root", { counterPath: "/" }, /nary:counterPath .* a route of its own/);
  refuses(
    "are a variable that is taken",
    { env: { NARY_ROLE: "x" } },
    /nary:env\.NARY_ROLE .* name of a variable/,
  );
  refuses(
    "are a variable with a space",
    { env: { "A B": "x" } },
    /nary:env\.A B .* must be the name of a variable/,
  );
  refuses(
    "are a probability above 1",
    { policy: { type: "zero-errors", errorRate: 2 } },
    /nary:policy\.errorRate is 2/,
  );
  refuses("are no datacenter at all", { datacenters: [] }, /must be a list of datacenters/);
  refuses(
    "are long: they are shown shortened",
    { service: "x".repeat(5000) },
    /nary:service is "x{99}…: it must/,
  );

  refuses(
    "are inside a list: the way back is written as Pulumi wants it, and as a shell leaves it",
    { constraints: [{ operator: "=", attribute: "rack", value: "r1" }] },
    /nary:constraints\[0\]\.attribute is "rack": it must be an attribute/,
    /pulumi config rm --path 'nary:constraints\[0\]\.attribute' --stack canary$/,
  );
  refuses(
    "are inside a map, with a dot in the name",
    { env: { "it's.here": "x" } },
    /pulumi config rm --path 'nary:env\["it'\\''s\.here"\]' --stack canary$/,
  );
  refuses(
    "are a release that names no driver's path",
    { release: "-x" },
    /under exec and raw_exec the path of an executable/,
  );

  it("are missing ones", () => {
    const sentences = refusal({ role: "canary" }).split("\n");
    assert.deepEqual(
      sentences.map(
        (sentence) => /^Pulumi\.canary\.yaml: nary:(\w+) is missing\. Mend it with: /.exec(sentence)?.[1],
      ),
      ["service", "count", "task"],
    );
  });

  it("are all named at once", () => {
    const sentences = refusal({ ...canary, count: 0, memory: 1, foo: 1 }).split("\n");
    assert.equal(sentences.length, 3);
  });

  it("are secret ones, of which the message says which and what is allowed, but not what they are", () => {
    const given = configuration({ ...canary, statusPath: "hunter2", notify: [{ url: "hunter2" }], count: 0 });
    const secrets = new Set(["nary:statusPath", "nary:notify"]);
    assert.throws(
      () => parseSettings("canary", given, secrets),
      ({ message }: Error) =>
        !message.includes("hunter2") &&
        /nary:statusPath is a secret that cannot be used: it must be/.test(message) &&
        /nary:notify\[0\]\.url is a secret that cannot be used: it must be the address/.test(message) &&
        /nary:count is 0: /.test(message),
    );
  });

  it("are those of another role than the stack's name says", () => {
    assert.throws(() => parseSettings("production", configuration(canary)), {
      message:
        /Pulumi\.production\.yaml: nary:role is canary, but the stack's name says production\. .*nary:role production/,
    });
  });

  for (const [bind, port, statsPort] of [
    ["localhost", 80, 81],
    ["::1%lo", 80, 81],
    ["*", 0, 81],
    ["*", 65_536, 81],
    ["*", 80, 80],
  ]) {
    it(`are a HAProxy on ${bind}:${port} with its stats on ${statsPort}`, () => {
      assert.match(refusal({ ...production, haproxy: { bind, port, statsPort } }), /nary:haproxy/);
    });
  }

  it("are an haproxy binary with more than a path", () => {
    const haproxy = { port: 80, statsPort: 81, command: "haproxy; reboot" };
    assert.match(refusal({ ...production, haproxy }), /nary:haproxy\.command .* without spaces/);
  });
});
