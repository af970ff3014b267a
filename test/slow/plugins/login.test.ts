import assert from "node:assert/strict";
import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import * as consul from "@pulumi/consul";
import * as nomad from "@pulumi/nomad";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import { stackForTests } from "../../integration/plugins/stack.ts";
import { startAclConsul, startAclNomad, stopAclServers, type AclServer } from "../../support/acl-servers.ts";
import { startGuard, type Guard } from "./guard.ts";

const issuer = "https://pipeline.example";
const method = "pipeline";
const policy = "plugins-test";
const path = "plugins-test/login";

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token as a pipeline's own issuer gives it. */
function tokenBy(key: KeyObject): string {
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const claims = { iss: issuer, sub: "deploy", aud: ["servers"], exp, nbf: exp - 7200, iat: exp - 7200 };
  const signed = `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${sign("sha256", Buffer.from(signed), key).toString("base64url")}`;
}

const newKey = () => generateKeyPairSync("rsa", { modulusLength: 2048 });
const { publicKey, privateKey } = newKey();

/** What both servers call the same of an auth method. */
const validation = {
  JWTValidationPubKeys: [publicKey.export({ type: "spki", format: "pem" })],
  BoundIssuer: issuer,
  BoundAudiences: ["servers"],
  ClaimMappings: { sub: "who" },
};

type Settings = { authJwt?: string; headers?: { name: string; value: string }[]; httpAuth?: string };

const kinds = {
  nomad: {
    start: () => startAclNomad(),
    variables: { address: "NOMAD_ADDR", httpAuth: "NOMAD_HTTP_AUTH" },
    prepare: async ({ request }: AclServer) => {
      const Rules = `namespace "default" { variables { path "${path}" { capabilities = ["read", "write", "destroy"] } } }`;
      const Config = { ...validation, BoundIssuer: [issuer], SigningAlgs: ["RS256"] };
      const auth = { Name: method, Type: "JWT", TokenLocality: "local", MaxTokenTTL: "1h", Config };
      const binding = { AuthMethod: method, BindType: "policy", BindName: policy };
      await accepted(request("POST", `/v1/acl/policy/${policy}`, { Name: policy, Rules }));
      await accepted(request("POST", "/v1/acl/auth-method", auth));
      await accepted(request("POST", "/v1/acl/binding-rule", binding));
    },
    provider: ({ authJwt: loginToken, ...settings }: Settings) =>
      new nomad.Provider("it", {
        ...settings,
        ...(loginToken === undefined ? {} : { authJwt: { authMethod: method, loginToken } }),
      }),
    write: (opts: CustomResourceOptions) => new nomad.Variable("it", { path, items: { a: "1" } }, opts),
    isThere: async ({ request }: AclServer) => (await request("GET", `/v1/var/${path}`)).ok,
    remove: ({ request }: AclServer) => request("DELETE", `/v1/var/${path}`),
  },
  consul: {
    start: startAclConsul,
    variables: { address: "CONSUL_HTTP_ADDR", httpAuth: "CONSUL_HTTP_AUTH" },
    prepare: async ({ request }: AclServer) => {
      const Rules = `key_prefix "${path}/" { policy = "write" }`;
      const Config = { ...validation, JWTSupportedAlgs: ["RS256"] };
      const binding = { AuthMethod: method, BindType: "policy", BindName: policy };
      await accepted(request("PUT", "/v1/acl/policy", { Name: policy, Rules }));
      await accepted(
        request("PUT", "/v1/acl/auth-method", { Name: method, Type: "jwt", MaxTokenTTL: "1h", Config }),
      );
      await accepted(request("PUT", "/v1/acl/binding-rule", binding));
    },
    provider: ({ authJwt: bearerToken, ...settings }: Settings) =>
      new consul.Provider("it", {
        ...settings,
        ...(bearerToken === undefined ? {} : { authJwt: { authMethod: method, bearerToken } }),
      }),
    write: (opts: CustomResourceOptions) =>
      new consul.KeyPrefix("it", { pathPrefix: `${path}/`, subkeys: { a: "1" } }, opts),
    isThere: async ({ request }: AclServer) => (await request("GET", `/v1/kv/${path}/a`)).ok,
    remove: ({ request }: AclServer) => request("DELETE", `/v1/kv/${path}/?recurse`),
  },
} as const;

async function accepted(asked: Promise<Response>): Promise<void> {
  const response = await asked;
  if (!response.ok) throw new Error(`The server answered ${response.status}: ${await response.text()}`);
}

for (const name of ["nomad", "consul"] as const) {
  const { start, variables, prepare, provider, write, isThere, remove } = kinds[name];

  describe(`the ${name} plugin logs in`, () => {
    const word = { name: "X-Word", value: "open-sesame-2710" };
    const [user, password] = ["builder", "pass-8613"];
    const credentials = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
    let server: AclServer | undefined;
    let guard: Guard | undefined;
    const started = () => {
      if (server === undefined || guard === undefined) throw new Error("Both start before the first test.");
      return { server, guard };
    };

    before(async function () {
      this.timeout(300_000);
      server = await start();
      await prepare(server);
      guard = await startGuard(server.address, { "x-word": word.value, authorization: credentials });
    });
    after(async () => {
      await guard?.stop();
      await stopAclServers();
    });

    const stack = stackForTests(
      () => accepted(remove(started().server)),
      () => ({ [variables.address]: started().server.address }),
    );
    const guarded = stackForTests(
      () => accepted(remove(started().server)),
      () => ({
        [variables.address]: started().guard.address,
        [variables.httpAuth]: `${user}:${password}`,
      }),
    );

    const using = (settings: Settings) => () => {
      write({ provider: provider(settings) });
      return Promise.resolve();
    };
    const works = async (run: Promise<unknown>) => {
      await run;
      assert.ok(await isThere(started().server));
    };
    const fails = async (run: Promise<unknown>, said: RegExp, ...secrets: string[]) => {
      await assert.rejects(run, (error: Error) => {
        assert.match(error.message, said);
        for (const secret of secrets) assert.ok(!error.message.includes(secret), `it says ${secret}`);
        return true;
      });
    };

    it("with a token of another issuer, and does what that one may; the token is nowhere in clear", async () => {
      const token = tokenBy(privateKey);
      await works(stack.up(using({ authJwt: token })));
      const state = await stack.state();
      assert.match(state, /authJwt/);
      assert.ok(!state.includes(token.slice(-40)));
      await stack.refresh();
      await stack.destroy();
      await fails(stack.up(using({})), /40[13]/);
    });

    it("with no token that another key has signed, and does not say what the token was", async () => {
      const token = tokenBy(newKey().privateKey);
      const said = new RegExp(`authJwt: logging in with auth method "${method}": .*signature`, "s");
      await fails(stack.up(using({ authJwt: token })), said, token.slice(-40));
    });

    it("by headers and HTTP's own password, which are nowhere in clear", async () => {
      const token = tokenBy(privateKey);
      const httpAuth = `${user}:${password}`;
      await works(guarded.up(using({ headers: [word], httpAuth, authJwt: token })));
      const state = await guarded.state();
      assert.match(state, /headers.*httpAuth/s);
      for (const secret of [word.value, password, token.slice(-40)]) assert.ok(!state.includes(secret));
      await guarded.destroy();
      await works(guarded.up(using({ headers: [word], authJwt: token })));
    });

    it("nowhere without the right word or password, and does not say what was tried", async () => {
      const wrong = { ...word, value: "wrong-word-4417" };
      const refused = /401.*the guard lets nobody in/s;
      await fails(guarded.up(using({ headers: [wrong] })), refused, wrong.value, password);
      const httpAuth = `${user}:wrong-pass-9925`;
      await fails(guarded.up(using({ headers: [word], httpAuth })), refused, word.value, "wrong-pass-9925");
    });
  });
}
