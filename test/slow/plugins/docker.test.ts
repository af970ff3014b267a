import assert from "node:assert/strict";
import { mkdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { newStack, type TestStack } from "../../integration/plugins/stack.ts";
import { sharedCluster } from "../../support/cluster.ts";
import { runProgram } from "../../support/program.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { startRegistry, type Registry } from "../registry.ts";

const dockerfile =
  'FROM scratch AS base\nARG WORD=none\nENV WORD=${WORD}\nCOPY word /\nFROM base\nCMD ["/word"]\n';

async function newContext(): Promise<string> {
  const context = await temporaryFolder();
  await writeFile(join(context, "Dockerfile"), dockerfile);
  await writeFile(join(context, ".dockerignore"), "notes\n*.log\n!kept.log\n");
  await writeFile(join(context, "word"), "first");
  await mkdir(join(context, "notes"));
  return context;
}

/** What Docker on this machine says of an image; empty when it has none of that name. */
async function inspect(image: string, format: string): Promise<string> {
  const { stdout } = await runProgram("docker", ["image", "inspect", "--format", format, image]);
  return stdout.trim();
}

async function forget(...images: string[]): Promise<void> {
  for (const image of images) await runProgram("docker", ["image", "rm", "--force", image]);
}

describe("the docker plugin", function () {
  this.timeout(60_000);
  let registry: Registry;
  let stack: TestStack;
  let context: string;
  let name: string;

  before(async function () {
    this.timeout(300_000);
    const { fixedPort } = await sharedCluster();
    registry = await startRegistry(fixedPort());
    stack = await newStack();
  });

  after(async () => {
    // An image that another has taken the tag of is still there by its digest.
    const filter = `reference=${registry.server}/words/*`;
    const { stdout } = await runProgram("docker", ["images", "--quiet", "--filter", filter]);
    await forget(...new Set(stdout.split("\n").filter((id) => id !== "")));
    await registry.stop();
  });

  beforeEach(async () => {
    context = await newContext();
    name = `${registry.server}/words/api:1`;
  });

  afterEach(async () => {
    await stack.forget();
    await forget(name);
  });

  const login = (password: pulumi.Input<string> = registry.password) => ({
    server: registry.server,
    username: registry.username,
    password,
  });

  const image =
    (changes: Partial<docker.ImageArgs> = {}, build: docker.types.input.DockerBuild = {}) =>
    () => {
      const args = { imageName: name, build: { context, ...build }, registry: login(), ...changes };
      const made = new docker.Image("image", args);
      return Promise.resolve({
        digest: made.repoDigest,
        base: made.baseImageName,
        server: made.registryServer,
      });
    };

  const opOf = async (program: pulumi.automation.PulumiFn) => (await stack.up(program)).steps[0]?.op;

  describe("Image", () => {
    it("is built and pushed, and known by the digest that the registry has", async () => {
      const { steps } = await stack.up(image());
      assert.deepEqual(steps, [{ name: "image", op: "create", diffs: [] }]);
      const digest = await registry.digestOf("words/api", "1");
      assert.ok(digest?.startsWith("sha256:"));
      assert.deepEqual(await stack.outputs(), {
        digest: `${registry.server}/words/api@${digest}`,
        base: name,
        server: registry.server,
      });
      await stack.destroy();
      assert.equal(await registry.digestOf("words/api", "1"), digest, "the registry is left alone");
    });

    it("is built again when what Docker gets to see has changed, and only then", async () => {
      await stack.up(image());
      const first = await registry.digestOf("words/api", "1");
      await writeFile(join(context, "notes", "today"), "not of the image");
      await writeFile(join(context, "run.log"), "nor this");
      await utimes(join(context, "word"), 1, 1);
      assert.equal(await opOf(image()), "same");
      assert.equal(await opOf(image({ registry: login("another") })), "same", "a password is not built in");
      assert.equal((await stack.refresh()).steps[0]?.op, "refresh", "nothing has drifted");

      await writeFile(join(context, "word"), "second");
      const { steps } = await stack.preview(image());
      assert.deepEqual(steps, [{ name: "image", op: "update", diffs: ["build"] }]);
      assert.equal(await registry.digestOf("words/api", "1"), first, "a preview builds nothing");
      assert.equal(await opOf(image()), "update");
      assert.notEqual(await registry.digestOf("words/api", "1"), first);

      await writeFile(join(context, "kept.log"), "of the image after all");
      assert.equal(await opOf(image()), "update");
      await writeFile(join(context, "Dockerfile"), `${dockerfile}LABEL a=b\n`);
      assert.equal(await opOf(image()), "update");
    });

    it("has the arguments, target and platform that it was declared with, and keeps secrets to itself", async () => {
      const word = "s3cret-w0rd";
      const changes = { skipPush: true };
      const args = { WORD: pulumi.secret(word), OTHER: "plain" };
      await stack.up(image(changes, { args, target: "base", platform: "linux/amd64" }));
      assert.match(await inspect(name, "{{.Config.Env}} {{.Config.Cmd}}"), /WORD=s3cret-w0rd\S* \[\]/);
      const state = await stack.state();
      assert.doesNotMatch(state, new RegExp(`${word}|${registry.password}`));
      assert.equal((await stack.outputs())["digest"], await inspect(name, "{{.Id}}"), "not pushed: its ID");
      assert.equal(await opOf(image(changes, { args: { ...args, OTHER: "new" }, target: "base" })), "update");
    });

    it("that is on this Docker alone is built again when it is gone", async () => {
      const program = image({ skipPush: true });
      await stack.up(program);
      await forget(name);
      const { steps } = await stack.up(program, { refresh: true });
      assert.equal(steps.at(-1)?.op, "create");
      assert.notEqual(await inspect(name, "{{.Id}}"), "");
    });

    it("is built in a preview when it shall be, and never pushed there", async () => {
      const args = { imageName: `${registry.server}/words/preview:1`, buildOnPreview: true };
      await stack.preview(image(args));
      assert.notEqual(await inspect(args.imageName, "{{.Id}}"), "");
      assert.equal(await registry.digestOf("words/preview", "1"), undefined);
      await forget(args.imageName);
    });

    it("says in one sentence that the password is wrong, without the password", async () => {
      const wrong = "wrong-pass-5512";
      await assert.rejects(stack.up(image({ registry: login(wrong) })), (error: Error) => {
        assert.match(
          error.message,
          /registry: the registry of 127\.0\.0\.1:\d+\/words\/api refuses the push: \S*(?:unauthorized|no basic auth).*; look at the user name and the password\n/,
        );
        const encoded = Buffer.from(`${registry.username}:${wrong}`).toString("base64");
        assert.ok(!error.message.includes(wrong) && !error.message.includes(encoded));
        return true;
      });
    });

    it("says which input cannot be used, and what Docker says of a Dockerfile", async () => {
      const fails = (program: pulumi.automation.PulumiFn, said: RegExp) =>
        assert.rejects(stack.preview(program), said);
      await fails(image({}, { context: "/nowhere" }), /build.*context: "\/nowhere" is not a folder/s);
      await fails(image({}, { dockerfile: "/none" }), /build.*dockerfile: there is no file "\/none"/s);
      await fails(image({ imageName: "Not A Name" }), /imageName.*"Not A Name" is not the name of an image/s);
      await fails(
        image({}, { args: { PATH: "/x" } }),
        /build.*args: PATH is a variable that the docker command/s,
      );
      await writeFile(join(context, "Dockerfile"), "FROM scratch\nCOPY nothing /\n");
      await assert.rejects(stack.up(image()), /building 127\S+ failed: .*COPY.*nothing/s);
    });

    it("that is not known yet is left so in a preview", async () => {
      const program = () => {
        const first = new docker.Image("first", { imageName: name, build: { context } });
        const build = { context, args: { WORD: first.repoDigest } };
        new docker.Image("second", {
          imageName: pulumi.interpolate`${first.imageName}2`,
          build,
          skipPush: true,
        });
        return Promise.resolve();
      };
      const { steps } = await stack.preview(program);
      assert.deepEqual(
        steps.map(({ op }) => op),
        ["create", "create"],
      );
    });
  });

  describe("RemoteImage", () => {
    let pushed: string;

    before(async () => {
      context = await newContext();
      name = `${registry.server}/words/remote:1`;
      await stack.up(image());
      const digest = await registry.digestOf("words/remote", "1");
      pushed = `${registry.server}/words/remote@${digest}`;
      await stack.forget();
    });

    beforeEach(() => forget(`${registry.server}/words/remote:1`, pushed));

    const remote =
      (changes: Partial<docker.RemoteImageArgs> = {}, password = registry.password) =>
      () => {
        const auth = { address: registry.server, username: registry.username, password };
        const provider = new docker.Provider("docker", { registryAuth: [auth] });
        const made = new docker.RemoteImage("remote", { name: pushed, ...changes }, { provider });
        return Promise.resolve({ digest: made.repoDigest, id: made.imageId });
      };

    const stepOf = async (program: pulumi.automation.PulumiFn) =>
      (await stack.up(program)).steps.findLast((step) => step.name === "remote");

    it("is pulled by its digest, pulled again when told to, and removed", async () => {
      await stack.up(remote());
      assert.deepEqual(await stack.outputs(), { digest: pushed, id: await inspect(pushed, "{{.Id}}") });
      assert.doesNotMatch(await stack.state(), new RegExp(registry.password));
      assert.equal((await stepOf(remote()))?.op, "same");
      assert.equal((await stepOf(remote({ pullTriggers: ["now"] })))?.diffs.includes("pullTriggers"), true);
      assert.notEqual(await inspect(pushed, "{{.Id}}"), "");
      await forget(pushed);
      const { steps } = await stack.up(remote({ pullTriggers: ["now"] }), { refresh: true });
      assert.equal(steps.at(-1)?.op, "create", "it was removed by someone else");
      await stack.destroy();
      assert.equal(await inspect(pushed, "{{.Id}}"), "");
    });

    it("stays when it shall be kept", async () => {
      await stack.up(remote());
      assert.equal((await stepOf(remote({ keepLocally: true })))?.op, "update");
      await stack.destroy();
      assert.notEqual(await inspect(pushed, "{{.Id}}"), "");
    });

    it("is not had without the password", async () => {
      await assert.rejects(stack.up(remote({}, "wrong-pass-5512")), (error: Error) => {
        assert.match(
          error.message,
          /name: the registry of \S+ refuses the pull: .*; look at docker:registryAuth/,
        );
        assert.ok(!error.message.includes("wrong-pass-5512"));
        return true;
      });
    });
  });
});
