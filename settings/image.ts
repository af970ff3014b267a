import { z } from "zod";

const word = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const host = "[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?";

/** Where images of a service are kept: a registry's host, if it is not Docker Hub, and the name there. */
export const imageRepository = z
  .string({ error: "must be the name of a repository, such as registry.example/api" })
  .max(255, { error: "must be at most 255 characters long" })
  .regex(new RegExp(`^(?:${host}/)?${word}(?:/${word})*$`), {
    error: "must be the name of a repository without a tag, such as registry.example/api",
  })
  .brand<"ImageRepository">();
export type ImageRepository = z.infer<typeof imageRepository>;

/** The name of one image in a repository. */
export const imageTag = z
  .string({ error: "must be a tag, such as 1.0.0" })
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/, {
    error: "must be a tag: 1 to 128 letters, digits and _ . -, such as 1.0.0",
  })
  .brand<"ImageTag">();
export type ImageTag = z.infer<typeof imageTag>;

/** An operating system and an architecture, as Docker names them. */
export const imagePlatform = z
  .string({ error: "must be a platform, such as linux/arm64" })
  .regex(/^[a-z0-9]+\/[a-z0-9_]+(?:\/[a-z0-9]+)?$/, { error: "must be a platform, such as linux/arm64" })
  .brand<"ImagePlatform">();

/** The host of a repository's registry. As Docker has it, only a name with a dot or a port, or localhost, is one. */
export function registryOf(repository: ImageRepository): string {
  const [first = "", ...rest] = repository.split("/");
  return rest.length > 0 && (/[.:]/.test(first) || first === "localhost") ? first : "docker.io";
}
