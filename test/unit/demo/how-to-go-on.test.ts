import assert from "node:assert/strict";
import { howToGoOn } from "../../../demo/how-to-go-on.ts";

describe("what a kept demo prints", () => {
  const text = howToGoOn(
    { consulAddress: "http://127.0.0.1:1", nomadAddress: "http://127.0.0.1:2" },
    {
      url: "http://127.0.0.1:3",
      statsUrl: "http://127.0.0.1:4",
      variables: { NOMAD_ADDR: "http://127.0.0.1:2", PULUMI_CONFIG_PASSPHRASE: "it's" },
      surroundings: { cwd: "/tmp/demo/project", environment: {}, signal: new AbortController().signal },
    },
    "/tmp/demo/releases/good/api",
  );

  it("names the addresses to look at", () => {
    for (const address of [
      "http://127.0.0.1:1/ui",
      "http://127.0.0.1:2/ui",
      "http://127.0.0.1:3",
      "http://127.0.0.1:4",
    ]) {
      assert.ok(text.includes(address), address);
    }
  });

  it("gives lines that a shell takes as they are", () => {
    assert.ok(text.includes("export PULUMI_CONFIG_PASSPHRASE='it'\\''s'"));
    assert.ok(
      text.includes("cd '/tmp/demo/project'\nnary release /tmp/demo/releases/good/api -s local-canary"),
    );
    assert.ok(text.includes("npm run demo -- down"));
  });
});
