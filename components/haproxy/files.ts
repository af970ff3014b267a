import { certificateFiles } from "./certificates.ts";
import type { Description } from "./description.ts";
import { pageFile } from "./page.ts";

/** What HAProxy needs beside its configuration and the two scripts. */
export type File = {
  /** Below the task's folder. */
  path: string;
  /** For consul-template, or Nomad's own. */
  template: string;
  /** Octal. */
  perms: string;
  /** Whether a change of it is a reload. */
  reloads: boolean;
};

export const filesOf = (haproxy: Description): File[] => [
  pageFile(haproxy),
  ...certificateFiles(haproxy.tls.certificates),
];
