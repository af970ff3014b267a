import { z } from "zod";

const most = 256;
const whole = 10_000;
/** How far from what was asked the share may be, as part of it. */
const tolerance = 0.1;

const allowed = "must be a percentage such as 5 %, from 0.01 % to 99 %, with two decimals at most";

/** The part of all requests that the canaries get together, as a fraction; written as a percentage. */
export const share = z
  .string({ error: allowed })
  .transform((text, context) => {
    const [, percent] = /^(\d{1,2}(?:\.\d{1,2})?) ?%$/.exec(text) ?? [];
    const parts = Math.round(Number(percent) * 100);
    if (parts >= 1 && parts <= 9900) return parts / whole;
    context.addIssue({ code: "custom", message: allowed });
    return z.NEVER;
  })
  .pipe(z.number().brand<"Share">());
export type Share = z.infer<typeof share>;

/** A share in basis points, hundredths of a percent; always a whole number. */
export const basisPoints = (of: Share): number => Math.round(of * whole);

/** A share as it is written in settings. */
export const percentage = (of: number): string => `${Math.round(of * whole) / 100} %`;

export type Weights = { stable: number; canary: number };

/** How many servers there are of each side; twins have the weight of canaries. */
export type Sides = { stable: number; canaries: number; twins?: number };

/**
 * The weights from 1 to 256 of each stable server and of each canary that give the canaries their share, and twins as
 * much: the nearest ones that do not give them more than asked. Undefined where no weights give it within a tenth.
 */
export function weightsFor({ share: asked, ...sides }: { share: Share } & Sides): Weights | undefined {
  const weights = nearestWeights(basisPoints(asked), sides);
  return Math.abs(shareOf(weights, sides) - asked) <= asked * tolerance ? weights : undefined;
}

/**
 * The nearest weights that do not give more than asked; the smallest possible share where all give more. HAProxy's
 * template does the same, in `components/haproxy/share.ts`.
 */
export function nearestWeights(parts: number, { stable, canaries, twins = 0 }: Sides): Weights {
  // Canary's weight over stable's is to be this, by the side that has more servers. Two shares of a half and more leave
  // nothing for the stable ones: then it is the most that there is.
  const ratio = {
    over: parts * stable,
    under: Math.max(1, whole * Math.max(canaries, twins) - parts * (canaries + twins)),
  };
  let best = { canary: 0, stable: 1 };
  for (let weight = 1; weight <= most; weight++) {
    const canary = Math.min(most, Math.floor((weight * ratio.over) / ratio.under));
    if (canary * best.stable > best.canary * weight) best = { canary, stable: weight };
  }
  return best.canary === 0 ? { canary: 1, stable: most } : best;
}

/** The share that weights give the canaries. */
export function shareOf({ canary, stable }: Weights, { stable: others, canaries, twins = 0 }: Sides): number {
  return (canary * canaries) / (canary * (canaries + twins) + stable * others);
}

/** The least and the most that weights can give, as it may be asked for. */
export function possibleShares(sides: Sides): { least: string; most: string } {
  const least = shareOf({ canary: 1, stable: most }, sides);
  const greatest = shareOf({ canary: most, stable: 1 }, sides);
  return {
    least: percentage(Math.ceil(least * whole) / whole),
    most: percentage(Math.min(0.99, Math.floor(greatest * whole) / whole)),
  };
}
