import { cp, mkdir, realpath, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { DemoError } from "../errors.ts";
import { runCommand, runStep, type Surroundings } from "../run.ts";
import { noteImage } from "./image-list.ts";

const root = dirname(dirname(import.meta.dirname));
/** What an image is made of, by its place in the repository. */
const parts = ["app", "demo/service"];

/** @throws DemoError when no Docker is running */
export async function checkDocker(surroundings: Surroundings): Promise<void> {
  const version = ["version", "--format", "{{.Server.Version}}"];
  const answer = await runCommand("docker", version, surroundings, { to: "caller" }).catch(() => undefined);
  if (answer?.exitCode === 0) return;
  throw new DemoError(
    "missing",
    "--driver docker needs a running Docker that this user may use, and `docker version` does not reach one.",
  );
}

/** Images carry the name of the demo's folder, so that those of two demos do not meet. */
function imageName(folder: string, name: string): string {
  return `${basename(folder).toLowerCase()}/api:${name}`;
}

/**
 * A base image without a registry: this Node and the shared libraries that it names. Resolves to the image's name.
 */
export async function makeBaseImage(folder: string, surroundings: Surroundings): Promise<string> {
  const root = join(folder, "docker-base");
  const node = await realpath(process.execPath);
  const libraries = (await runStep("ldd", [node], surroundings)).matchAll(/(\/\S+) \(0x/g);
  const files = [
    ["/usr/local/bin/node", node] as const,
    ...[...libraries].map(([, path = ""]) => [path, path] as const),
  ];
  for (const [inside, outside] of files) {
    await mkdir(dirname(join(root, inside)), { recursive: true });
    await cp(outside, join(root, inside), { dereference: true });
  }
  await mkdir(join(root, "tmp"), { recursive: true });
  const archive = join(folder, "docker-base.tar");
  await runStep("tar", ["--create", "--file", archive, "--directory", root, "."], surroundings);
  const image = imageName(folder, "base");
  await noteImage(folder, image);
  const path = "ENV PATH=/usr/local/bin:/usr/bin:/bin";
  await runStep("docker", ["import", "--change", path, archive, image], surroundings);
  for (const made of [root, archive]) await rm(made, { recursive: true });
  return image;
}

/** A release under Docker: an image of the sample service. Resolves to its name. */
export async function buildImage(
  { folder, base, name, faults }: { folder: string; base: string; name: string; faults: string },
  surroundings: Surroundings,
): Promise<string> {
  const image = imageName(folder, name);
  await noteImage(folder, image);
  const values = [`BASE=${base}`, `FAULTS=${faults}`].flatMap((value) => ["--build-arg", value]);
  const context = join(folder, "docker-context");
  for (const part of parts) await cp(join(root, part), join(context, part), { recursive: true });
  const file = join(context, "demo/service/Dockerfile");
  await runStep("docker", ["build", "--tag", image, "--file", file, ...values, context], surroundings);
  await rm(context, { recursive: true });
  return image;
}
