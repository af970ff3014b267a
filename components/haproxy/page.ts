import type { Description } from "./description.ts";
import type { File } from "./files.ts";

/** Name of the page in HAProxy's folder. */
export const page = "unavailable.html";

const plain = `<!doctype html>
<title>Unavailable</title>
<p>This service is not available at the moment. Please try again in a little while.</p>
`;

/** What clients see while no server is up. Encoded, since braces in a page are no template. */
export function pageFile({ unavailablePage = plain }: Description): File {
  const encoded = Buffer.from(unavailablePage).toString("base64");
  return {
    path: `local/${page}`,
    template: `{{ base64Decode "${encoded}" }}`,
    perms: "0644",
    reloads: false,
  };
}
