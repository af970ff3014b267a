import { percentage, possibleShares, weightsFor, type Share, type Sides } from "../../settings/share.ts";

/**
 * Why HAProxy could not give the canaries their share, as a sentence; undefined where it can.
 *
 * @param setting - where the share was given
 */
export function impossibleShare(share: Share, sides: Sides, setting = "nary:share"): string | undefined {
  if (weightsFor({ share, ...sides }) !== undefined) return undefined;
  const { least, most } = possibleShares(sides);
  return (
    `${setting} is ${percentage(share)}, which weights of HAProxy cannot give to ${count(sides.canaries, "canary", "canaries")} ` +
    `${besides(sides)}beside ${count(sides.stable, "stable instance", "stable instances")}: from ${least} to ${most} is possible. ` +
    `Change ${setting}, or nary:count of one of the stacks.`
  );
}

const besides = ({ twins = 0 }: Sides) =>
  twins === 0 ? "" : `and as much to ${count(twins, "twin", "twins")} `;

const count = (number: number, one: string, more: string) => `${number} ${number === 1 ? one : more}`;
