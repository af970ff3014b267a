import { appendFile } from "node:fs/promises";
import { join } from "node:path";

/** Names of the images that were made for a cluster, one a line; present wherever a cluster uses Docker. */
export function imageList(folder: string): string {
  return join(folder, "docker-images");
}

/** Noted before the image is made, so that it is removed even when its maker is killed. */
export async function noteImage(folder: string, image: string): Promise<void> {
  await appendFile(imageList(folder), `${image}\n`);
}
