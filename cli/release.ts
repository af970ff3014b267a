import { Command } from "commander";
import { z } from "zod";
import { UsageError } from "../gate/errors.ts";
import { release, releaseFirst } from "../gate/release.ts";
import { release as releaseName, type Release } from "../settings/names.ts";
import { optionsOf, withLocking, withRecord } from "./options.ts";
import { run } from "./run.ts";

const own = z.object({ first: z.boolean().default(false) });

export function releaseCommand(): Command {
  return withRecord(
    withLocking(
      new Command("release")
        .description("bring a canary up with a release, watch it, then promote it or take it away")
        .argument(
          "<image>",
          "what to release: an image, or under exec and raw_exec the path of an executable",
        )
        .option("--first", "the service's first release: straight to production, without a canary"),
    ),
  ).action(async (image: string, _options: unknown, command: Command) => {
    const { first } = own.parse(command.opts());
    await run(
      "release",
      optionsOf(command),
      async (open) => {
        const what = releaseOf(image);
        return await open((context) => (first ? releaseFirst(context, what) : release(context, what)));
      },
      [image, ...(first ? ["--first"] : [])],
      first ? undefined : releaseName.safeParse(image).data,
    );
  });
}

/** @throws UsageError for what is no image */
export function releaseOf(image: string): Release {
  const parsed = releaseName.safeParse(image);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UsageError(`The release ${JSON.stringify(image)} cannot be used: it ${issue?.message ?? ""}.`);
}
