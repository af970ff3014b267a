import assert from "node:assert/strict";
import { serviceName } from "../../../settings/names.ts";
import { declaredRecord, keysOf, pastRecord, promotedRecord } from "../../../settings/records.ts";
import { environmentName, roles } from "../../../settings/stacks.ts";

const keys = keysOf(environmentName.parse("local"), serviceName.parse("api"));

describe("the records in Consul", () => {
  it("are at keys that belong to Pulumi or to the gate, never to both", () => {
    assert.equal(keys.declaredRecord("canary"), "nary/local/api/declared/canary/record");
    assert.equal(keys.promoted, "nary/local/api/run/promoted");
    assert.equal(keys.traffic, "nary/local/api/run/traffic");
    for (const role of roles) {
      assert.ok(keys.declaredRecord(role).startsWith(keys.declared(role)));
      for (const key of [keys.promoted, keys.traffic, keys.history]) {
        assert.ok(!key.startsWith(keys.declared(role)));
      }
    }
  });

  it("are read as they were written", () => {
    const text = '{"version":1,"release":"api:2","at":"2026-01-02T03:04:05.000Z"}';
    assert.equal(promotedRecord.encode(promotedRecord.decode(keys.promoted, text)), text);
  });

  it("are refused with the key's name when they are something else", () => {
    for (const text of ["", "{", "null", "[]", '{"version":2}', '{"version":1,"release":"a b"}']) {
      assert.throws(() => promotedRecord.decode(keys.promoted, text), {
        code: "NARY_SETTINGS",
        message: /^The key nary\/local\/api\/run\/promoted in Consul does not hold the record promoted: /,
      });
      assert.throws(() => declaredRecord.decode("a/key", text), /a\/key .* record declared/);
      assert.throws(() => pastRecord.decode("a/key", text), /a\/key .* record history/);
    }
  });

  it("name a canary's instances even where the service's own name has no room left for it", () => {
    const service = `${"s".repeat(48)}-canary`;
    const record = {
      version: 1,
      role: "canary",
      job: service,
      service,
      release: "r",
      count: 1,
      counterPath: "/c",
    };
    const read = declaredRecord.decode("key", JSON.stringify(record));
    assert.deepEqual([read.service, read.share], [service, undefined]);
    assert.equal(declaredRecord.decode("key", JSON.stringify({ ...record, share: "5 %" })).share, "5 %");
  });
});
