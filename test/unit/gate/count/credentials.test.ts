import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { credentialsOf } from "../../../../gate/count/credentials.ts";
import { UsageError } from "../../../../gate/errors.ts";
import { counter } from "../../../../settings/counter.ts";
import { temporaryFolder } from "../../../support/temporary.ts";

const headersOf = (headerFrom: object, environment: NodeJS.ProcessEnv = {}) =>
  credentialsOf(counter.parse({ headerFrom }), environment).headers;

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof UsageError);
    return error.message;
  }
  throw new Error("It was accepted.");
}

describe("what the gate shows to an instance", () => {
  it("is nothing unless it is told to, and certificates are checked", () => {
    assert.deepEqual(credentialsOf(counter.parse({})), { tls: { rejectUnauthorized: true }, headers: {} });
  });

  it("is a header from a variable, or from a file with a line's end", async () => {
    const name = "x-token";
    assert.deepEqual(headersOf({ name, env: "TOKEN" }, { TOKEN: "abc" }), { [name]: "abc" });
    const file = join(await temporaryFolder(), "token");
    await writeFile(file, "Bearer abc\n");
    assert.deepEqual(headersOf({ name, file }), { [name]: "Bearer abc" });
  });

  it("is missed in one sentence", () => {
    const message = refusal(() => headersOf({ name: "x", env: "TOKEN" }));
    assert.match(message, /the variable TOKEN of the gate's environment has no secret/);
    const file = "/nonexistent/ca.pem";
    const tls = { scheme: "https", tls: { caFile: file } };
    assert.match(
      refusal(() => credentialsOf(counter.parse(tls))),
      /^nary:counter\.tls\.caFile is "\/nonexistent\/ca\.pem", which cannot be read: ENOENT/,
    );
  });

  it("is refused without a word of the secret where it could not be sent", () => {
    const message = refusal(() => headersOf({ name: "x", env: "TOKEN" }, { TOKEN: "geheim\r\nx-admin: 1" }));
    assert.match(message, /more than one line of plain text/);
    assert.doesNotMatch(message, /geheim|admin/);
  });
});
