import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { temporaryFolder } from "../support/temporary.ts";
import { mockPulumi, registeredBy } from "./mocks.ts";

describe("an image's component", () => {
  let Image: Awaited<ReturnType<typeof load>>;

  const load = async () => (await import("../../components/image.ts")).Image;

  before(async () => {
    await mockPulumi();
    Image = await load();
  });

  it("declares what is built and who pushes it, the password as a secret", async () => {
    const registry = { server: "registry.example", username: pulumi.output("me"), password: "it" };
    const args = { name: "registry.example/api", context: "app", target: "final", tag: "1.0.0", registry };
    const all = await registeredBy(() => new Image("api", args));
    const declared = all.find(({ type }) => type === "docker:index/image:Image");
    const { registry: secret, ...inputs } = declared?.inputs ?? {};
    assert.ok(pulumi.runtime.isRpcSecret(secret));
    assert.deepEqual(pulumi.runtime.unwrapRpcSecret(secret), {
      server: "registry.example",
      username: "me",
      password: "it",
    });
    assert.deepEqual(inputs, {
      imageName: "registry.example/api:1.0.0",
      build: { context: "app", target: "final" },
      buildOnPreview: false,
      skipPush: false,
    });
    assert.deepEqual(
      all.map(({ type }) => type),
      ["docker:index/image:Image", "nary:components:Image"],
    );
  });

  it("names each argument that cannot be used", async () => {
    const context = await temporaryFolder();
    const refused = (args: ConstructorParameters<typeof Image>[1]) => {
      try {
        new Image("api", args);
      } catch (error) {
        assert.ok(pulumi.InputPropertiesError.isInstance(error), String(error));
        return error.errors.map(({ propertyPath, reason }) => `${propertyPath} ${reason}`).join();
      }
      throw new Error("It was accepted.");
    };
    assert.match(refused({ name: "api:1", context }), /^name must be the name of a repository without a tag/);
    assert.match(
      refused({ name: "api", context }),
      /^context "\/\S+" is in no git repository with a commit to name the image after: commit it, or give tag$/,
    );
  });
});
