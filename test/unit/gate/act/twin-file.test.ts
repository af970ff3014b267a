import assert from "node:assert/strict";
import { parse } from "yaml";
import { twinFile } from "../../../../gate/act/twin-file.ts";
import { SettingsError } from "../../../../settings/errors.ts";

const canary = `encryptionsalt: v1:canary=
config:
  nary:role: canary # the role
  nary:count: 3
  nary:task:
    driver: docker
  nary:twin: true
  consul:address: consul.example
`;
const secret = `  consul:token:
    secure: v1:of-the-canary=
`;

function refusal(files: { canary: string; twin: string }): string {
  try {
    twinFile(files);
  } catch (error) {
    assert.ok(error instanceof SettingsError);
    return error.message;
  }
  throw new Error("It was accepted.");
}

describe("the twin's stack file", () => {
  it("is the canary's, with its own role and its own key", () => {
    assert.deepEqual(parse(twinFile({ canary, twin: "encryptionsalt: v1:twin=\n" })), {
      encryptionsalt: "v1:twin=",
      config: {
        "nary:role": "twin",
        "nary:count": 3,
        "nary:task": { driver: "docker" },
        "nary:twin": true,
        "consul:address": "consul.example",
      },
    });
  });

  it("needs nothing in the twin's own", () => {
    for (const twin of ["", "config:\n", "config: {}\n", "config:\n  nary:role: twin\n"]) {
      const made: unknown = parse(twinFile({ canary, twin }));
      assert.ok(typeof made === "object" && made !== null && !("encryptionsalt" in made), twin);
    }
  });

  it("has the twin's own where a provider is told something else", () => {
    const made: unknown = parse(twinFile({ canary, twin: "config:\n  consul:address: other.example\n" }));
    assert.match(JSON.stringify(made), /"consul:address":"other.example"/);
  });

  it("cannot have other settings of Nary than the canary", () => {
    assert.match(
      refusal({ canary, twin: "config:\n  nary:role: twin\n  nary:count: 2\n" }),
      /^The twin's stack file has nary:count, but a twin is like the canary in all but its release/,
    );
  });

  it("has to have its own secrets, since each stack has another key", () => {
    const given = { canary: canary + secret, twin: "encryptionsalt: v1:twin=\n" };
    assert.match(
      refusal(given),
      /has to have consul:token, .* `pulumi config set --secret consul:token`, with the twin's stack as --stack\.$/,
    );
    const own = `${given.twin}config:\n  consul:token:\n    secure: v1:of-the-twin=\n`;
    const made = twinFile({ ...given, twin: own });
    assert.match(made, /secure: v1:of-the-twin=/);
    assert.doesNotMatch(made, /of-the-canary/);
  });

  it("has to have its own secrets where the backend keeps the keys, of which files tell nothing", () => {
    const [, ...lines] = (canary + secret).split("\n");
    assert.match(refusal({ canary: lines.join("\n"), twin: "" }), /has to have consul:token/);
  });

  it("has the canary's secrets where both have the same key", () => {
    const made = twinFile({ canary: canary + secret, twin: "encryptionsalt: v1:canary=\n" });
    assert.match(made, /secure: v1:of-the-canary=/);
  });

  it("finds a secret at any depth", () => {
    const deep = `${canary}  other:settings:\n    list:\n      - name: a\n        token:\n          secure: v1:deep=\n`;
    assert.match(refusal({ canary: deep, twin: "" }), /has to have other:settings/);
  });
});
