import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { emptyProject, type Project } from "../cli/nary.ts";

/** A project whose stack `local-production` has a HAProxy that is published. */
export async function publishedProject(
  environment: NodeJS.ProcessEnv,
  { service, port, statsPort }: { service: string; port: number; statsPort: number },
): Promise<Project> {
  const project = await emptyProject(environment);
  const settings = {
    "nary:role": "production",
    "nary:service": service,
    "nary:count": 1,
    "nary:task": { driver: "raw_exec" },
    "nary:haproxy": { port, statsPort, placement: { type: "published" } },
  };
  // JSON is YAML too.
  await writeFile(join(project.folder, "Pulumi.local-production.yaml"), JSON.stringify({ config: settings }));
  return project;
}
