import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as consul from "@pulumi/consul";
import * as nomad from "@pulumi/nomad";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import { stackForTests } from "../../integration/plugins/stack.ts";
import { stopAclServers } from "../../support/acl-servers.ts";
import { makeCertificates, startTlsConsul, startTlsNomad, type Certificates } from "./tls-servers.ts";

/** What both providers call the same. */
type Settings = Pick<
  consul.ProviderArgs,
  "caFile" | "caPem" | "certFile" | "certPem" | "keyFile" | "keyPem" | "scheme"
>;

const kinds = {
  nomad: {
    start: startTlsNomad,
    variables: {
      address: "NOMAD_ADDR",
      ca: "NOMAD_CACERT",
      cert: "NOMAD_CLIENT_CERT",
      key: "NOMAD_CLIENT_KEY",
    },
    provider: (settings: Settings) => new nomad.Provider("tls", settings),
    blind: (settings: Settings) => new nomad.Provider("tls", { ...settings, skipVerify: true }),
    /** Something that the provider has to ask the server for. */
    write: (opts: CustomResourceOptions) =>
      new nomad.Variable("it", { path: "plugins-test/tls", items: { a: "1" } }, opts),
  },
  consul: {
    start: startTlsConsul,
    variables: {
      address: "CONSUL_HTTP_ADDR",
      ca: "CONSUL_CACERT",
      cert: "CONSUL_CLIENT_CERT",
      key: "CONSUL_CLIENT_KEY",
    },
    provider: (settings: Settings) => new consul.Provider("tls", settings),
    blind: (settings: Settings) =>
      new consul.Provider("tls", { ...settings, scheme: "https", insecureHttps: true }),
    write: (opts: CustomResourceOptions) =>
      new consul.KeyPrefix("it", { pathPrefix: "plugins-test/tls/", subkeys: { a: "1" } }, opts),
  },
} as const;

for (const name of ["nomad", "consul"] as const) {
  const { start, variables, provider, blind, write } = kinds[name];

  describe(`the ${name} plugin where the server asks for certificates`, () => {
    let certificates: Certificates | undefined;
    let address: string | undefined;
    const files = () => {
      if (certificates === undefined) throw new Error("The certificates are made before the first test.");
      return certificates;
    };
    const pem = async () => {
      const { ca, client } = files();
      const [caPem = "", certPem = "", keyPem = ""] = await Promise.all(
        [ca, client.cert, client.key].map((file) => readFile(file, "utf8")),
      );
      return { caPem, certPem, keyPem };
    };

    before(async function () {
      this.timeout(300_000);
      certificates = await makeCertificates();
      ({ address } = await start(certificates));
    });
    after(stopAclServers);

    const reached = () => ({ [variables.address]: address });
    const told = stackForTests((stack) => stack.destroy(), reached);
    const surrounded = stackForTests(
      (stack) => stack.destroy(),
      () => {
        const { ca, client } = files();
        return {
          ...reached(),
          [variables.ca]: ca,
          [variables.cert]: client.cert,
          [variables.key]: client.key,
        };
      },
    );

    const using =
      (settings: Settings, make: typeof provider | typeof blind = provider) =>
      () => {
        write({ provider: make(settings) });
        return Promise.resolve();
      };
    const made = async (asked: ReturnType<typeof told.up>) =>
      (await asked).steps.some((step) => step.name === "it" && step.op === "create");
    const client = () => ({ certFile: files().client.cert, keyFile: files().client.key });

    it("reads them from files", async () => {
      assert.ok(await made(told.up(using({ caFile: files().ca, ...client() }))));
    });

    it("takes them as PEM, and the key is nowhere in clear", async () => {
      const given = await pem();
      assert.ok(await made(told.up(using(given))));
      const state = await told.state();
      for (const line of given.keyPem.split("\n").slice(1, -2)) assert.ok(!state.includes(line));
    });

    it("takes a certificate as PEM whose key is in a file", async () => {
      const { caPem, certPem } = await pem();
      assert.ok(await made(told.up(using({ caPem, certPem, keyFile: files().client.key }))));
    });

    it("finds them by its environment, and what is declared goes first", async () => {
      const byEnvironment = () => {
        write({});
        return Promise.resolve();
      };
      assert.ok(await made(surrounded.up(byEnvironment)));
      await surrounded.destroy();
      const caPem = await readFile(files().otherCa, "utf8");
      await assert.rejects(surrounded.up(using({ caPem })), /certificate signed by unknown authority/);
    });

    it("says which settings to look at when the server is not trusted, and when it does not trust us", async () => {
      const { ca, otherCa } = files();
      const untrusted =
        /certificate signed by unknown authority; caFile or caPem has to be the authority that signed/;
      await assert.rejects(told.up(using({ caFile: otherCa, ...client() })), untrusted);
      const refused = /if the server wants a client's certificate, set certFile and keyFile, or certPem and/;
      await assert.rejects(told.up(using({ caFile: ca })), refused);
      assert.ok(await made(told.up(using(client(), blind))), "and it trusts whomever when told to");
    });

    it("says which settings contradict each other, are half, or cannot be read", async () => {
      const { ca } = files();
      const { caPem, certPem } = await pem();
      const fails = (settings: Settings, said: RegExp) => assert.rejects(told.up(using(settings)), said);
      await fails({ caFile: ca, caPem }, /caFile and caPem are both set: set one of them/);
      await fails(
        { caFile: ca, certPem },
        /certificate and its key belong together: set certFile or certPem/,
      );
      const missing = join(ca, "..", "missing.pem");
      await fails({ caFile: missing }, new RegExp(`caFile \\(or .*${variables.ca}\\): .*missing\\.pem`));
      await fails({ caPem: "none" }, /PEM/i);
    });
  });
}
