import { tasksOf, type JobView } from "./job.ts";
import type { Violation } from "./violation.ts";

/** Drivers whose release is an image. */
const imageDrivers: ReadonlySet<string> = new Set(["docker", "podman"]);

/** A tag can be moved between the watch and the promotion; a digest cannot. */
export function imageByDigest(job: JobView): Violation[] {
  return tasksOf(job).flatMap(({ Name: name, Driver: driver, Config: { image } }) =>
    imageDrivers.has(driver) && typeof image === "string"
      ? referenceByDigest(image, ` of the task ${name} in the job ${job.ID}`)
      : [],
  );
}

/** The same for an image that no job has yet. */
export function referenceByDigest(image: string, where = ""): Violation[] {
  if (/@sha256:[0-9a-f]{64}$/.test(image)) return [];
  return [
    {
      rule: "image-by-digest",
      what: `the image ${image}${where} is not named by its digest`,
      mend: "name it as name@sha256:…, which `docker inspect --format '{{index .RepoDigests 0}}' IMAGE` tells",
    },
  ];
}
