import assert from "node:assert/strict";
import { z } from "zod";
import { registration } from "../../../settings/registration.ts";

const schema = z.strictObject(registration);

function wrong(given: object): string[] {
  return (schema.safeParse(given).error?.issues ?? []).map(
    ({ path, message }) => `${path.join(".")} ${message}`,
  );
}

describe("the settings of an instance's registration", () => {
  it("are empty unless given", () => {
    assert.deepEqual(schema.parse({}), { meta: {}, tags: [] });
  });

  it("take names and texts, and texts that look like numbers", () => {
    const given = { meta: { team: "payments", "cost-center": 42 }, tags: ["traefik.enable=true", 7] };
    assert.deepEqual(schema.parse(given), {
      meta: { team: "payments", "cost-center": "42" },
      tags: ["traefik.enable=true", "7"],
    });
  });

  for (const key of ["nary_release", "nary_", "consul-x", "a b", "a.b", "", "k".repeat(129)]) {
    it(`refuse ${JSON.stringify(key)} as a name`, () => {
      const [sentence = "", ...more] = wrong({ meta: { [key]: "x" } });
      assert.match(sentence, /^meta\.\S{0,129}.* must be 1 to 128 .* not start with nary_ or consul-/);
      assert.deepEqual(more, []);
    });
  }

  for (const tag of ["nary_canary", "", "a\nb", "a\tb"]) {
    it(`refuse ${JSON.stringify(tag)} as a tag`, () => {
      assert.deepEqual(wrong({ tags: ["ok", tag] }), [
        "tags.1 must be 1 to 255 characters on one line, and not start with nary_, which is taken",
      ]);
    });
  }

  it("refuse more names than Consul takes", () => {
    const names = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`n${n}`, "x"]));
    assert.deepEqual(wrong({ meta: names(63) }), []);
    assert.deepEqual(wrong({ meta: names(64) }), ["meta must be at most 63 names, each with a text"]);
  });

  it("refuse text that is longer than Consul takes", () => {
    assert.deepEqual(wrong({ meta: { a: "x".repeat(513) } }), ["meta.a must be at most 512 characters long"]);
  });
});
