import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { checkArgs } from "./check-args.ts";
import { imageArgs, type ImageArgs } from "./image/args.ts";
import { checkoutOf } from "./image/checkout.ts";
import { tagOf } from "./image/tag.ts";

export type { ImageArgs } from "./image/args.ts";

/**
 * A service's image: built by Docker, pushed with the commit of its sources as tag, and released by its digest, so that
 * canary and production run the same. Belongs in a stack of its own, which is brought up once a commit.
 *
 * @example
 * import * as pulumi from "@pulumi/pulumi";
 * import { Image } from "nary";
 *
 * const image = new Image("api", {
 *   name: "registry.example/api",
 *   context: ".",
 *   registry: {
 *     server: "registry.example",
 *     username: "ci",
 *     password: new pulumi.Config().requireSecret("registryPassword"),
 *   },
 * });
 *
 * export const release = image.release;
 *
 * @creates
 * one `docker.Image`: what Docker has built is pushed.
 *
 * @destroy
 * leaves the registry as it is, since production may run the image.
 */
export class Image extends pulumi.ComponentResource {
  /** What to release: the image by its digest, such as `registry.example/api@sha256:…`. */
  readonly release: pulumi.Output<string>;
  /** The tag under which it was pushed. */
  readonly tag: pulumi.Output<string>;

  constructor(name: string, args: ImageArgs, options?: pulumi.ComponentResourceOptions) {
    super("nary:components:Image", name, {}, options);
    const {
      name: repository,
      registry,
      tag: given,
      allowDirty,
      ...build
    } = checkArgs("Image", imageArgs, args);
    const tag = given ?? tagOfContext(build.context, build.dockerfile, allowDirty);
    const image = new docker.Image(
      name,
      {
        imageName: `${repository}:${tag}`,
        build,
        registry: registry && { ...registry, password: pulumi.secret(registry.password) },
      },
      { parent: this },
    );
    this.release = image.repoDigest;
    this.tag = pulumi.output(tag);
    this.registerOutputs({ release: this.release, tag: this.tag });
  }
}

function tagOfContext(context: string, dockerfile: string | undefined, allowDirty: boolean): string {
  const tagged = tagOf(checkoutOf(context, dockerfile), allowDirty);
  if (tagged.ok) return tagged.tag;
  throw new pulumi.InputPropertiesError({
    message: "Image has arguments that cannot be used",
    errors: [{ propertyPath: "context", reason: `${JSON.stringify(context)} ${tagged.reason}` }],
  });
}
