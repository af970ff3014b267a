import assert from "node:assert/strict";
import fc from "fast-check";
import { noPlainSecrets } from "../../../rules/no-plain-secrets.ts";
import { jobView } from "../../../rules/job.ts";
import { sentenceOf } from "../../../rules/violation.ts";

const jobWith = (env: object) =>
  jobView.parse({ ID: "api", TaskGroups: [{ Name: "g", Tasks: [{ Name: "t", Driver: "exec", Env: env }] }] });
const found = (name: string, value: string) => noPlainSecrets(jobWith({ [name]: value }));

const letters = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const text = (length: number) =>
  fc.string({ unit: fc.constantFrom(...Array.from(letters)), minLength: length, maxLength: length });

describe("no-plain-secrets", () => {
  it("refuses variables that are called as secrets are, however long their value", () => {
    const names = fc.constantFrom(
      "PASSWORD",
      "DB_PASSWORD",
      "dbPassword",
      "PGPASSWORD_2",
      "STRIPE_API_KEY",
      "apiKey",
      "AWS_SECRET_ACCESS_KEY",
      "GITHUB_TOKEN",
      "CLIENT_SECRET",
      "SSH_PRIVATE_KEY",
      "TLS_KEY_PASSPHRASE",
      "GOOGLE_CREDENTIALS",
    );
    fc.assert(
      fc.property(names, text(12), (name, value) => {
        assert.equal(found(name, `x${value}`).length, 1, name);
      }),
    );
  });

  it("refuses values that are secrets, whatever they are called, anywhere in the text", () => {
    const values = fc.oneof(
      text(12).map((password) => `postgres://api:${password}@db.example:5432/api?ssl=true`),
      text(12).map((password) => `redis://:${password}@cache.example`),
      fc
        .constantFrom("RSA ", "EC ", "OPENSSH ", "")
        .map((kind) => `-----BEGIN ${kind}PRIVATE KEY-----\nMIIE`),
      text(36).map((rest) => `ghp_${rest}`),
      text(24).map((rest) => `glpat-${rest}`),
      text(24).map((rest) => `sk_live_${rest}`),
      text(24).map((rest) => `xoxb-${rest}`),
      text(16).map((rest) => `AKIA${rest.toUpperCase()}`),
      text(30).map((rest) => `hvs.${rest}`),
      fc.tuple(text(12), text(20), text(20)).map(([head, body, end]) => `eyJ${head}.eyJ${body}.${end}`),
    );
    fc.assert(
      fc.property(values, fc.constantFrom("", "Bearer ", "--with="), (value, front) => {
        const all = found("OPTIONS", front + value);
        assert.equal(all.length, 1, value);
      }),
    );
  });

  it("never shows the value", () => {
    fc.assert(
      fc.property(text(20), (value) => {
        for (const one of found("TOKEN", `x${value}`)) assert.ok(!sentenceOf(one).includes(value));
      }),
    );
  });

  it("raises no false alarm", () => {
    const fine: [string, string][] = [
      ["PORT", "${NOMAD_PORT_http}"],
      ["HOST", "0.0.0.0"],
      ["PASSWORD", ""],
      ["DB_PASSWORD", "${DB_PASSWORD}"],
      ["DB_PASSWORD_FILE", "/secrets/db"],
      ["TOKEN", "/run/secrets/token"],
      ["TOKEN_TTL", "an hour"],
      ["MAX_TOKENS", "4096"],
      ["CSRF_TOKEN", "true"],
      ["SECRET_NAME", "api-database"],
      ["PASSWORD_MIN_LENGTH", "12"],
      ["API_KEY_HEADER", "x-api-key"],
      ["PRIMARY_KEY", "id"],
      ["PARTITION_KEY", "customer"],
      ["PUBLIC_KEY", "-----BEGIN PUBLIC KEY-----\nMIIB"],
      ["TLS_CERTIFICATE", "-----BEGIN CERTIFICATE-----\nMIIB"],
      ["PWD", "/srv"],
      ["OLDPWD", "srv"],
      ["DATABASE_URL", "postgres://api@db.example:5432/api"],
      ["DATABASE_URL", "postgres://api:${DB_PASSWORD}@db.example:5432/api"],
      ["UPSTREAM", "http://api.example:8080/users/@me:you"],
      ["LINK", "see https://example.org/a:b and mail me@example.org"],
      ["COMMIT", "0123456789abcdef0123456789abcdef01234567"],
      ["IMAGE", `registry.example/api@sha256:${"0".repeat(64)}`],
      ["NODE_OPTIONS", "--max-old-space-size=512"],
      ["TOKENIZER", "a model"],
      ["KEYBOARD", "qwerty"],
    ];
    for (const [name, value] of fine) assert.deepEqual(found(name, value), [], `${name}=${value}`);
  });

  it("raises none at plain words and numbers", () => {
    const words = fc.array(
      fc.constantFrom("api", "level", "info", "8080", "eu-west-1", "a,b", "https://a.example/x"),
    );
    fc.assert(
      fc.property(fc.constantFrom("LEVEL", "MODE", "REGION", "URL", "NAMES"), words, (name, all) => {
        assert.deepEqual(found(name, all.join(" ")), []);
      }),
    );
  });
});
