import { Command } from "commander";
import { z } from "zod";
import { UsageError } from "../gate/errors.ts";
import { release, releaseFirst, type Way } from "../gate/release.ts";
import { release as releaseName, type Release } from "../settings/names.ts";
import { optionsOf, withLocking, withRecord } from "./options.ts";
import { run } from "./run.ts";

const own = z
  .object({
    first: z.boolean().default(false),
    fixForward: z.boolean().default(false),
    bypass: z.boolean().default(false),
    why: z.string().trim().optional(),
  })
  .transform(({ first, fixForward, bypass, why }) => {
    const asked = [first && "--first", fixForward && "--fix-forward", bypass && "--bypass"].filter(
      (each) => each !== false,
    );
    return { asked, reason: why };
  });

export function releaseCommand(): Command {
  return withRecord(
    withLocking(
      new Command("release")
        .description("bring a canary up with a release, watch it, then promote it or take it away")
        .argument(
          "<image>",
          "what to release: an image, or under exec and raw_exec the path of an executable",
        )
        .option("--first", "the service's first release: straight to production, without a canary")
        .option("--fix-forward", "although production fails already, with a --why")
        .option("--bypass", "straight to production without a canary, with a --why: for what cannot wait")
        .option("--why <text>", "why; it is told and kept with your name"),
    ),
  ).action(async (image: string, _options: unknown, command: Command) => {
    const { asked, reason } = own.parse(command.opts());
    await run(
      "release",
      optionsOf(command),
      async (open) => {
        const what = releaseOf(image);
        const way = wayOf(asked, reason);
        return await open((context) =>
          way.type === "first" ? releaseFirst(context, what) : release(context, what, way),
        );
      },
      [image, ...asked],
      asked.length > 0 && !asked.includes("--fix-forward") ? undefined : releaseName.safeParse(image).data,
    );
  });
}

/** @throws UsageError for options that do not go together */
function wayOf(asked: readonly string[], reason: string | undefined): Way | { type: "first" } {
  const [option, other] = asked;
  if (other !== undefined) throw new UsageError(`Give either ${asked.join(" or ")}, not both.`);
  if (option === "--fix-forward" || option === "--bypass") {
    if (reason === undefined || reason === "")
      throw new UsageError(`${option} needs a --why, which is told and kept with your name.`);
    return { type: option === "--bypass" ? "bypass" : "fix-forward", reason };
  }
  if (reason !== undefined) throw new UsageError("--why is for --fix-forward and --bypass.");
  return { type: option === "--first" ? "first" : "usual" };
}

/** @throws UsageError for what is no image */
export function releaseOf(image: string): Release {
  const parsed = releaseName.safeParse(image);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UsageError(`The release ${JSON.stringify(image)} cannot be used: it ${issue?.message ?? ""}.`);
}
