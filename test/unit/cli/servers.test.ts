import assert from "node:assert/strict";
import { serversOf } from "../../../cli/servers.ts";
import { SettingsError } from "../../../settings/errors.ts";

describe("where Consul and Nomad are", () => {
  it("is what the stack's configuration says, before the environment", () => {
    const { consul, nomad } = serversOf(
      {
        "consul:address": "https://consul.example:8501",
        "consul:token": "one",
        "nomad:address": "https://nomad.example:4646",
        "nomad:secretId": "two",
      },
      { CONSUL_HTTP_ADDR: "other", CONSUL_HTTP_TOKEN: "x", NOMAD_ADDR: "http://other", NOMAD_TOKEN: "x" },
    );
    assert.equal(consul.address.href, "https://consul.example:8501/");
    assert.equal(consul.token, "one");
    assert.equal(nomad.address.href, "https://nomad.example:4646/");
    assert.equal(nomad.token, "two");
  });

  it("is else what the environment says", () => {
    const { consul, nomad } = serversOf(
      {},
      {
        CONSUL_HTTP_ADDR: "10.0.0.1:8500",
        CONSUL_HTTP_TOKEN: "one",
        NOMAD_ADDR: "http://10.0.0.2:4646",
        NOMAD_TOKEN: "two",
      },
    );
    assert.equal(consul.address.href, "http://10.0.0.1:8500/");
    assert.equal(consul.token, "one");
    assert.equal(nomad.address.href, "http://10.0.0.2:4646/");
    assert.equal(nomad.token, "two");
  });

  it("has the datacenter and the region that the providers obey", () => {
    const configuration = { "consul:datacenter": "dc2", "nomad:region": "west" };
    const said = serversOf(configuration, { NOMAD_REGION: "east" });
    assert.deepEqual([said.consul.place, said.nomad.place], ["dc2", "west"]);
    const fromEnvironment = serversOf({}, { NOMAD_REGION: "east", CONSUL_DATACENTER: "unread" });
    assert.deepEqual([fromEnvironment.consul.place, fromEnvironment.nomad.place], [undefined, "east"]);
  });

  it("is else this machine", () => {
    const { consul, nomad } = serversOf({}, { CONSUL_HTTP_ADDR: "" });
    assert.equal(consul.address.href, "http://127.0.0.1:8500/");
    assert.equal(consul.token, undefined);
    assert.equal(nomad.address.href, "http://127.0.0.1:4646/");
  });

  it("is TLS where the address has no scheme and one is set beside it", () => {
    const byConfiguration = serversOf({ "consul:address": "c:8501", "consul:scheme": "https" }, {});
    assert.equal(byConfiguration.consul.address.protocol, "https:");
    const byVariable = serversOf({}, { CONSUL_HTTP_ADDR: "c:8501", CONSUL_HTTP_SSL: "true" });
    assert.equal(byVariable.consul.address.protocol, "https:");
  });

  for (const address of ["unix:///run/consul.sock", "http://", "ftp://me:secret@host"]) {
    it(`cannot be ${address}, and the refusal does not repeat what may hold a password`, () => {
      assert.throws(
        () => serversOf({ "consul:address": address }, {}),
        (error) => error instanceof SettingsError && !error.message.includes("secret"),
      );
    });
  }
});
