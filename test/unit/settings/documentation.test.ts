import assert from "node:assert/strict";
import { documentedKeys, schemaKeys } from "./documented.ts";
import { minimal, parse, withPolicyOf, withSetting, withoutSetting, type StackFile } from "./stack-file.ts";
import { SettingsError } from "../../../settings/errors.ts";
import { roles, type Role } from "../../../settings/stacks.ts";

describe("docs/settings.md", () => {
  it("has every setting, and no other", async () => {
    const documented = [...(await documentedKeys()).keys()];
    assert.deepEqual(documented.sort(), [...schemaKeys()].sort());
  });

  it("tells defaults truly: giving one changes nothing", async () => {
    for (const [key, fallback] of await documentedKeys()) {
      if (["required", "none", "derived"].includes(fallback)) continue;
      const role = roles.find((candidate) => accepts(candidate, key, fallback));
      assert.ok(role !== undefined, `no role takes ${key} as ${fallback}`);
      assert.deepEqual(
        parse(withSetting(minimal(role), key, fallback)),
        parse(withPolicyOf(minimal(role), key)),
        key,
      );
    }
  });

  it("tells truly what is required", async () => {
    const documented = await documentedKeys();
    const required = [...documented.keys()].filter((key) => roles.some((role) => needs(role, key)));
    assert.deepEqual(
      required,
      [...documented].filter(([, fallback]) => fallback === "required").map(([key]) => key),
    );
  });
});

function accepts(role: Role, key: string, value: string): boolean {
  return parses(withSetting(minimal(role), key, value));
}

function needs(role: Role, key: string): boolean {
  const without = withoutSetting(minimal(role), key);
  return without !== undefined && !parses(without);
}

function parses(file: StackFile): boolean {
  try {
    parse(file);
    return true;
  } catch (error) {
    assert.ok(error instanceof SettingsError);
    return false;
  }
}
