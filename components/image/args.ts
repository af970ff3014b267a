import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { imagePlatform, imageRepository, imageTag, registryOf } from "../../settings/image.ts";

export interface ImageArgs {
  /** The repository to push to, without a tag, such as `registry.example/api`. */
  name: string;
  /** Folder that Docker gets to see, apart from what `.dockerignore` names. Relative to the program's folder. */
  context: string;
  /** Path of the Dockerfile, relative to the program's folder. Default: `Dockerfile` in the context. */
  dockerfile?: string | undefined;
  /** The stage to build. Default: the last one. */
  target?: string | undefined;
  /** Values of the Dockerfile's `ARG`s by name. They can be read from the image: no place for secrets. Default: none. */
  args?: Record<string, pulumi.Input<string>> | undefined;
  /** What the image runs on, such as `linux/arm64`. Default: what Docker runs on itself. */
  platform?: string | undefined;
  /** Who pushes. Default: the user that `docker login` has logged in. */
  registry?:
    | {
        /** The registry's host, with which `name` begins; `docker.io` where it begins with none. */
        server: string;
        /** Name of the user. */
        username: pulumi.Input<string>;
        /** Password or token; secret from here on. */
        password: pulumi.Input<string>;
      }
    | undefined;
  /** Tag to push, which releases do not depend on. Default: the commit of the context, which has to be clean. */
  tag?: string | undefined;
  /**
   * Build a context with changes that are not committed, too; the tag is then `<commit>-dirty-<hash of the changes>`.
   * Default: false.
   */
  allowDirty?: boolean | undefined;
}

const path = z.string({ error: "must be a path" }).min(1, { error: "must be a path" });
const given = z.custom<pulumi.Input<string>>(
  (value) =>
    (typeof value === "string" && value !== "") ||
    value instanceof Promise ||
    pulumi.Output.isInstance(value),
  { error: "must be a text that is not empty" },
);
const argument = z.custom<pulumi.Input<string>>(
  (value) => typeof value === "string" || value instanceof Promise || pulumi.Output.isInstance(value),
  { error: "must be a text" },
);
const argumentList = z
  .record(z.string(), argument)
  .refine((list) => Object.keys(list).every((name) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)), {
    error: "must have names of letters, digits and underscores",
  });
const stage = z
  .string({ error: "must be the name of a stage of the Dockerfile" })
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, { error: "must be the name of a stage of the Dockerfile" });

export const imageArgs = z
  .strictObject({
    name: imageRepository,
    context: path,
    dockerfile: path.optional(),
    target: stage.optional(),
    args: argumentList.optional(),
    platform: imagePlatform.optional(),
    registry: z.strictObject({ server: z.string(), username: given, password: given }).optional(),
    tag: imageTag.optional(),
    allowDirty: z.boolean({ error: "must be true or false" }).default(false),
  })
  .check(({ value: { name, registry }, issues }) => {
    const host = registryOf(name);
    if (registry === undefined || registry.server === host) return;
    const message = `must be ${host}, the registry of the repository ${name}`;
    issues.push({ code: "custom", message, path: ["registry", "server"], input: registry.server });
  });
