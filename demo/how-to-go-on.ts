import type { Cluster } from "./cluster/start.ts";
import { stacks } from "./pulumi.ts";
import { quoted } from "./script.ts";
import type { Site } from "./site.ts";

/** What to look at, and what to type, where a demo was kept. */
export function howToGoOn(
  { consulAddress, nomadAddress }: Pick<Cluster, "consulAddress" | "nomadAddress">,
  { surroundings, variables, url, statsUrl }: Pick<Site, "surroundings" | "variables" | "url" | "statsUrl">,
  image: string,
): string {
  const exports = Object.entries(variables).map(([name, value]) => `export ${name}=${quoted(value)}`);
  return [
    "all of it is left running:",
    "",
    `  service     ${url}`,
    `  HAProxy     ${statsUrl}`,
    `  Nomad UI    ${nomadAddress}/ui`,
    `  Consul UI   ${consulAddress}/ui`,
    "",
    "To go on in another shell:",
    "",
    ...exports,
    `cd ${quoted(surroundings.cwd)}`,
    `nary release ${image} -s ${stacks.canary}`,
    "",
    "To end it: npm run demo -- down",
  ].join("\n");
}
