import assert from "node:assert/strict";
import { minimal, parse, refusal, type StackFile } from "./stack-file.ts";

const tcp = { type: "tcp", name: "one" };

describe("health checks in the settings", () => {
  it("are of four types, each with its own words and defaults", () => {
    const checks = [
      { type: "http", name: "a", path: "/ready" },
      { type: "tcp", name: "b", port: "metrics" },
      { type: "grpc", name: "c", service: "payments.v1.Health" },
      { type: "script", name: "d", command: "/bin/look" },
    ];
    const common = {
      intervalSeconds: 10,
      timeoutSeconds: 2,
      onUpdate: "require_healthy",
      failuresBeforeCritical: 0,
      successBeforePassing: 0,
    };
    for (const role of ["canary", "production"] as const) {
      assert.deepEqual(parse({ ...minimal(role), checks, ports: { metrics: {} } }).checks, [
        { ...checks[0], ...common, method: "GET", headers: {}, protocol: "http", tlsSkipVerify: false },
        { ...checks[1], ...common },
        { ...checks[2], ...common, tls: false, tlsSkipVerify: false },
        { ...checks[3], ...common, args: [] },
      ]);
    }
  });

  const refused: [string, StackFile, RegExp][] = [
    [
      "an unknown type",
      { checks: [{ ...tcp, type: "udp" }] },
      /checks\[0\]\.type is "udp": it must be one of: http, tcp/,
    ],
    ["a word", { checks: ["tcp"] }, /must have a type, one of: http, tcp, grpc, script/],
    ["no name", { checks: [{ type: "tcp" }] }, /checks\[0\]\.name is missing/],
    [
      "the name of one that is there",
      { checks: [{ ...tcp, name: "routing" }] },
      /other than liveness and routing/,
    ],
    ["a name twice", { checks: [tcp, tcp] }, /must not have a name twice/],
    ["a path in a connection", { checks: [{ ...tcp, path: "/" }] }, /checks\[0\]\.path is not a setting/],
    ["less than a second", { checks: [{ ...tcp, intervalSeconds: 0.5 }] }, /a number of seconds, 1 to 3600/],
    [
      "a port that is not there",
      { checks: [{ ...tcp, port: "x" }] },
      /label of a port of the instance, one of: http\./,
    ],
    ["a restart by Nomad", { checks: [{ ...tcp, check_restart: {} }] }, /check_restart is not a setting/],
    [
      "a line in a header",
      { checks: [{ type: "http", name: "a", path: "/", headers: { A: "b\nc" } }] },
      /must be names of headers, each with a text on one line/,
    ],
  ];
  for (const [title, changes, expected] of refused) {
    it(`are not ${title}`, () => {
      const sentence = refusal(changes);
      assert.equal(sentence.split("\n").length, 1, sentence);
      assert.match(sentence, expected);
    });
  }
});

describe("ports in the settings", () => {
  const refused: [string, StackFile, RegExp][] = [
    ["called as no variable can be", { ports: { "a-b": {} } }, /letters, digits and underscores/],
    ["a number", { ports: { http: 80 } }, /ports\.http is 80: it must be \{\}, or have to or static/],
    [
      "beyond 65535",
      { ports: { http: { static: 65_536 } } },
      /must be a port, a whole number from 1 to 65535/,
    ],
    [
      "static twice",
      { ports: { a: { static: 80 }, b: { static: 80 } } },
      /must not have a static port twice/,
    ],
    ["inside twice", { ports: { a: { to: 80 }, b: { to: 80 } } }, /inside the container twice/],
    [
      "inside of no container",
      { ports: { http: { to: 80 } }, task: { driver: "exec" } },
      /ports\.http\.to is 80: it must be left out where the release is no container/,
    ],
    [
      "inside of a container that shares the client's network",
      { ports: { http: { to: 80 } }, task: { driver: "docker", networkMode: "host" } },
      /must be left out/,
    ],
  ];
  for (const [title, changes, expected] of refused) {
    it(`are not ${title}`, () => {
      assert.match(refusal(changes), expected);
    });
  }

  it("are taken from text, as a stack's file may give them", () => {
    assert.deepEqual(parse({ ...minimal("canary"), ports: { http: { to: "8080" }, admin: {} } }).ports, {
      http: { to: 8080 },
      admin: {},
    });
  });
});
