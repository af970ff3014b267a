import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stacks } from "../../demo/pulumi.ts";
import { writeExecutable } from "../../demo/releases.ts";
import { runStep } from "../../demo/run.ts";
import type { Say } from "../../demo/say.ts";
import type { Found } from "../main.ts";
import { inSite, type Place } from "../site.ts";
import { figures, type Kind } from "./figures.ts";
import { endJob, untilHealthy } from "../instances.ts";

const job = "api-canary";
/** As in the canary's stack file. */
const count = 3;

type Options = { rounds: number; signal: AbortSignal; say: Say };

/** The same canary, brought up by Pulumi and by Nomad's own command, in turns. */
export function runDeploy(options: Options): Promise<Found> {
  return inSite(options, (place) => measure(options, place));
}

async function measure({ rounds, signal, say }: Options, { folder, cluster, site }: Place): Promise<Found> {
  const { surroundings } = site;
  const release = await writeExecutable(folder, "first", "");
  const file = join(folder, "job.json");
  const where = { ...cluster, job, signal };
  // As the gate does it.
  const up = ["up", "--yes", "--skip-preview", "--refresh", "--stack", stacks.canary];
  await runStep("pulumi", ["config", "set", "nary:release", release, "--stack", stacks.canary], surroundings);

  const seconds = async (work: () => Promise<unknown>) => {
    const start = performance.now();
    await work();
    return (performance.now() - start) / 1000;
  };
  const once = async () => ({
    "pulumi-up-canary": await seconds(async () => {
      await runStep("pulumi", up, surroundings);
      await untilHealthy(count, where);
    }),
    "pulumi-up-nothing": await seconds(() => runStep("pulumi", up, surroundings)),
    "nomad-job-run": await (async () => {
      await writeFile(file, await runStep("nomad", ["job", "inspect", job], surroundings));
      await endJob(where);
      await runStep("pulumi", ["destroy", "--yes", "--skip-preview", "--stack", stacks.canary], surroundings);
      const took = await seconds(async () => {
        await runStep("nomad", ["job", "run", "-detach", "-json", file], surroundings);
        await untilHealthy(count, where);
      });
      await endJob(where);
      return took;
    })(),
  });

  say("once, so that all is in the machine's memory");
  await once();
  const took: Record<Kind, number[]> = {
    "pulumi-up-canary": [],
    "pulumi-up-nothing": [],
    "nomad-job-run": [],
  };
  for (let round = 1; round <= rounds; round += 1) {
    const { "pulumi-up-canary": canary, "pulumi-up-nothing": nothing, "nomad-job-run": run } = await once();
    took["pulumi-up-canary"].push(canary);
    took["pulumi-up-nothing"].push(nothing);
    took["nomad-job-run"].push(run);
    const told = [canary, nothing, run].map((one) => `${one.toFixed(2)} s`).join(", ");
    say(`${round} of ${rounds}: canary, nothing, nomad job run: ${told}`);
  }
  return figures(took);
}
