import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** Where Nary keeps what is costly to make. Outside the checkout, so that every checkout of a user shares it. */
export function cacheFolder(environment = process.env) {
  const own = environment.NARY_CACHE;
  if (own) return isAbsolute(own) ? own : join(process.cwd(), own);
  // The XDG specification says that a relative path is to be ignored.
  const xdg = environment.XDG_CACHE_HOME;
  return join(xdg && isAbsolute(xdg) ? xdg : join(homedir(), ".cache"), "nary");
}
