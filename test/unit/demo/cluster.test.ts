import assert from "node:assert/strict";
import { clusterEnvironment, serverEnvironment } from "../../../demo/cluster/environment.ts";
import { mark, readMark } from "../../../demo/cluster/marks.ts";
import { mountsInside } from "../../../demo/cluster/mounts.ts";
import { nomadConfiguration } from "../../../demo/cluster/nomad.ts";
import { portsOf } from "../../../demo/cluster/ports.ts";

describe("marks of a cluster's processes", () => {
  const text = (environment: NodeJS.ProcessEnv) =>
    Object.entries(environment)
      .map(([name, value]) => `${name}=${value}`)
      .join("\0");

  it("are read back from a process's environment", () => {
    const environment = text({ HOME: "/root", ...mark("server", "/tmp/a b"), LANG: "C" });
    assert.deepEqual(readMark(7, environment), { pid: 7, part: "server", folder: "/tmp/a b" });
  });

  it("are not seen where a value only looks like one", () => {
    assert.equal(readMark(7, text({ X: "NARY_LOOPBACK=server:/tmp/a" })), undefined);
    assert.equal(readMark(7, text({ NARY_LOOPBACK: "owner:/tmp/a" })), undefined);
  });
});

describe("environment of a cluster", () => {
  const users = {
    PATH: "/bin",
    NOMAD_TOKEN: "secret",
    CONSUL_HTTP_ADDR: "http://theirs",
    PULUMI_STACK: "theirs",
    PGSSLMODE: "require",
    NARY_CACHE: "/c",
  };

  it("has nothing that leads to the user's own servers", () => {
    const { NARY_LOOPBACK, ...rest } = clusterEnvironment("client", "/tmp/a", users);
    assert.deepEqual(rest, { PATH: "/bin", NARY_CACHE: "/c" });
    assert.equal(NARY_LOOPBACK, "client:/tmp/a");
  });

  it("starts Nomad without the variable that it does not bear", () => {
    assert.equal("AWS_CA_BUNDLE" in serverEnvironment("/tmp/a", { AWS_CA_BUNDLE: "/x" }), false);
  });

  it("keeps the servers' temporary files in the cluster's folder", () => {
    assert.equal(serverEnvironment("/tmp/a", { TMPDIR: "/tmp" })["TMPDIR"], "/tmp/a/tmp");
  });
});

describe("mounts of a cluster", () => {
  it("are those inside its folder, the deepest first", () => {
    const line = (path: string) => `36 35 98:0 / ${path} rw,noatime - tmpfs tmpfs rw`;
    const text = ["/", "/tmp/a", "/tmp/a/x", "/tmp/a/x/y", "/tmp/ab/x", "/tmp/a/with\\040space"]
      .map(line)
      .join("\n");
    assert.deepEqual(mountsInside("/tmp/a", text), ["/tmp/a/with space", "/tmp/a/x/y", "/tmp/a/x"]);
  });
});

describe("ports of a cluster", () => {
  const blocks = Array.from({ length: 50 }, (_, block) => portsOf(block));

  it("stay below the ports of an ordinary Nomad", () => {
    assert.ok(blocks.every(({ servers: [first = 0], dynamic }) => first > 10_000 && dynamic.last < 20_000));
  });

  it("are handed out once", () => {
    const all = blocks.flatMap(({ servers, fixed, dynamic: { first, last } }) => [
      ...servers,
      ...fixed,
      ...Array.from({ length: last - first + 1 }, (_, index) => first + index),
    ]);
    assert.equal(new Set(all).size, all.length);
  });
});

describe("configuration of Nomad", () => {
  const options = { ports: portsOf(3), consulAddress: "http://127.0.0.1:10601", dockerHost: undefined };

  it("takes a folder's name for nothing but a name", () => {
    const text = nomadConfiguration({ ...options, dataFolder: '/tmp/"${env}' });
    assert.ok(text.includes('data_dir             = "/tmp/\\"$${env}"'));
  });

  it("names Docker's socket only where it is another one", () => {
    const at = (dockerHost: string | undefined) =>
      nomadConfiguration({ ...options, dataFolder: "/d", dockerHost });
    assert.ok(!at(undefined).includes("endpoint"));
    assert.ok(at("unix:///run/x.sock").includes('endpoint = "unix:///run/x.sock"'));
  });
});
