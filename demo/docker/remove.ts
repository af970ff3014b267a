import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { imageList } from "./image-list.ts";

const run = promisify(execFile);
const lines = (text: string) => text.split("\n").filter((line) => line !== "");

const docker = async (args: readonly string[]) => (await run("docker", [...args])).stdout;
const why = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Containers of which a mount lies in the folder: Nomad mounts the task's folders from there. */
async function containersOf(folder: string): Promise<string[]> {
  const ids = lines(
    await docker(["ps", "--all", "--quiet", "--filter", "label=com.hashicorp.nomad.alloc_id"]),
  );
  if (ids.length === 0) return [];
  const format = "{{.Id}}{{range .Mounts}} {{.Source}}{{end}}";
  const described = lines(await docker(["inspect", "--format", format, ...ids]));
  return described.filter((line) => line.includes(` ${folder}/`)).flatMap((line) => line.split(" ")[0] ?? []);
}

async function imagesOf(folder: string): Promise<string[] | undefined> {
  try {
    return lines(await readFile(imageList(folder), "utf8"));
  } catch {
    return undefined;
  }
}

/** Removes the containers that a cluster left. A cluster without Docker has no list of images. */
export async function removeContainers(folder: string): Promise<string[]> {
  if ((await imagesOf(folder)) === undefined) return [];
  try {
    const containers = await containersOf(folder);
    if (containers.length > 0) await docker(["rm", "--force", ...containers]);
    return [];
  } catch (error) {
    return [`containers (${why(error)})`];
  }
}

/** Removes the images that were made for a cluster. */
export async function removeImages(folder: string): Promise<string[]> {
  const images = (await imagesOf(folder)) ?? [];
  const left: string[] = [];
  // The base comes first in the list, so what was built on it goes before it.
  for (const image of images.reverse()) {
    try {
      const found = await docker(["images", "--quiet", image]);
      if (found !== "") await docker(["rmi", "--force", image]);
    } catch (error) {
      left.push(`image ${image} (${why(error)})`);
    }
  }
  return left;
}
