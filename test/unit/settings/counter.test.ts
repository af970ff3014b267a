import assert from "node:assert/strict";
import { minimal, parse, refusal } from "./stack-file.ts";

const counterOf = (counter: object) => {
  const settings = parse({ ...minimal("canary"), counter });
  return settings.role === "canary" ? settings.counter : undefined;
};

describe("how counts are asked for", () => {
  it("is by plain HTTP on the port of the traffic unless given", () => {
    const settings = parse(minimal("canary"));
    assert.ok(settings.role === "canary");
    assert.deepEqual(settings.counter, { scheme: "http", tls: { skipVerify: false } });
  });

  it("may be on a port with a number or a label", () => {
    assert.equal(counterOf({ port: 9100 })?.port, 9100);
    assert.equal(counterOf({ port: "9100" })?.port, 9100);
    assert.equal(counterOf({ port: "counts" })?.port, "counts");
  });

  it("may be by TLS of both sides, with a secret", () => {
    const given = {
      scheme: "https",
      tls: { caFile: "ca.pem", certFile: "/c.pem", keyFile: "/k.pem", serverName: "api.internal" },
      headerFrom: { name: "authorization", env: "TOKEN" },
    };
    assert.deepEqual(counterOf(given), {
      ...given,
      tls: { ...given.tls, skipVerify: false },
      headerFrom: { name: "authorization", from: { env: "TOKEN" } },
    });
  });

  const refused: readonly (readonly [object, RegExp])[] = [
    [{ port: 70_000 }, /nary:counter\.port is 70000: it must be a port, a whole number from 1 to 65535\./],
    [{ port: "a b" }, /nary:counter\.port is "a b": it must be 1 to 32 lower-case letters/],
    [{ port: true }, /nary:counter\.port is true: it must be a port, .* or the label of a port of the job/],
    [{ scheme: "ftp" }, /nary:counter\.scheme is "ftp": it must be http or https/],
    [
      { tls: { caFile: "ca.pem" } },
      /nary:counter\.tls\.caFile is "ca\.pem": it must be left out where nary:counter\.scheme is not https/,
    ],
    [{ tls: { skipVerify: true } }, /nary:counter\.tls\.skipVerify is true: it must be left out/],
    [{ scheme: "https", tls: { certFile: "c" } }, /nary:counter\.tls\.certFile .* must come with keyFile/],
    [
      { scheme: "https", tls: { serverName: "a_b/c" } },
      /nary:counter\.tls\.serverName .* must be the host name/,
    ],
    [{ headerFrom: { name: "x-token" } }, /nary:counter\.headerFrom .* must have either env or file/],
    [{ headerFrom: { name: "x-token", env: "A", file: "b" } }, /must have either env or file/],
    [
      { headerFrom: { name: "Host", env: "A" } },
      /nary:counter\.headerFrom\.name is "Host": it must be the name of a header/,
    ],
    [
      { headerFrom: { name: "a b", env: "A" } },
      /nary:counter\.headerFrom\.name .* must be the name of a header/,
    ],
    [{ headerFrom: { name: "a", value: "secret" } }, /nary:counter\.headerFrom/],
  ];
  for (const [counter, sentence] of refused) {
    it(`refuses ${JSON.stringify(counter)}`, () => {
      assert.match(refusal({ counter }), sentence);
    });
  }

  it("is nothing that production decides", () => {
    assert.throws(() => parse({ ...minimal("production"), counter: { port: 1 } }), /nary:counter/);
  });
});
