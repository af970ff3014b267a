import { imageTag, type ImageTag } from "../../settings/image.ts";
import type { Checkout } from "./checkout.ts";

const shownPaths = 3;

type Tagged = { ok: true; tag: ImageTag } | { ok: false; reason: string };

/** The tag of an image that is built from this checkout, or why it has none. */
export function tagOf(checkout: Checkout, allowDirty: boolean): Tagged {
  switch (checkout.kind) {
    case "none":
      return { ok: false, reason: checkout.why };
    case "clean":
      return { ok: true, tag: imageTag.parse(checkout.commit) };
    case "dirty":
      if (allowDirty) return { ok: true, tag: imageTag.parse(`${checkout.commit}-dirty-${checkout.hash}`) };
      return {
        ok: false,
        reason: `has changes that are not committed (${list(checkout.paths)}): commit them, or set allowDirty`,
      };
  }
}

function list(paths: readonly string[]): string {
  const more = paths.length - shownPaths;
  return paths.slice(0, shownPaths).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
