import { followed } from "../http.ts";
import { hookOnce, type RequestState } from "../state.ts";

const routeOf = Symbol.for("@nary/app/express-route");
const baseOf = Symbol.for("@nary/app/express-base");
const mountsOf = Symbol.for("@nary/app/express-mounts");

/** What Express has on a request, and what is kept beside it. */
type Routed = {
  method?: string;
  params?: Readonly<Record<string, unknown>>;
  [followed]?: RequestState;
  [routeOf]?: unknown;
  [baseOf]?: string | undefined;
  /** Paths at which routers with parameters are mounted, and their patterns. */
  [mountsOf]?: Map<string, string>;
};

/**
 * Lets the requests of an app say their route in the moment in which Express finds it, so that the first query of its
 * handler knows it already. Later the path of the router is gone again where an error left it.
 */
export function learnRoutes(request: object): void {
  const requests: unknown = Object.getPrototypeOf(request);
  // Each app has a prototype of its own for its requests, which those of apps mounted in it inherit from.
  if (typeof requests !== "object" || requests === null || !("app" in requests)) return;
  if (!hookOnce(requests)) return;
  Object.defineProperties(requests, {
    route: {
      configurable: true,
      get(this: Routed) {
        return this[routeOf];
      },
      set(this: Routed, route: unknown) {
        this[routeOf] = route;
        const request = this[followed];
        if (request === undefined || typeof route !== "object" || route === null || !("path" in route))
          return;
        request.route = `${this.method ?? "GET"} ${joined(patternOf(this, this[baseOf] ?? ""), String(route.path))}`;
      },
    },
    baseUrl: {
      configurable: true,
      get(this: Routed) {
        return this[baseOf];
      },
      set(this: Routed, base: string | undefined) {
        const before = this[baseOf] ?? "";
        this[baseOf] = base;
        const names = Object.keys(this.params ?? {});
        if (base === undefined || base.length <= before.length || names.length === 0) return;
        const { [mountsOf]: mounts = new Map<string, string>() } = this;
        this[mountsOf] = mounts;
        mounts.set(
          base,
          patternOf(this, before) + mountPattern(base.slice(before.length), this.params ?? {}),
        );
      },
    },
  });
  // Of the first request Express has set the path already.
  Reflect.deleteProperty(request, "baseUrl");
  Reflect.set(request, "baseUrl", "");
}

function joined(base: string, path: string): string {
  return path === "/" && base !== "" ? base : base + path;
}

/** The path of a router with its parameters' names instead of their values. */
function patternOf({ [mountsOf]: mounts }: Routed, base: string): string {
  let [longest, pattern] = ["", ""];
  for (const [mount, itsPattern] of mounts ?? []) {
    const isAbove = base === mount || base.startsWith(`${mount}/`);
    if (isAbove && mount.length > longest.length) [longest, pattern] = [mount, itsPattern];
  }
  return pattern + base.slice(longest.length);
}

/** @param path - as the client sent it, such as `/schools/12`; its parameters stand in it in their order */
function mountPattern(path: string, params: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(params);
  const segments = path.split("/");
  for (let at = segments.length - 1; at >= 0; at -= 1) {
    const name = names.at(-1);
    if (name === undefined) break;
    if (decoded(segments[at] ?? "") !== params[name]) continue;
    segments[at] = `:${name}`;
    names.pop();
  }
  return segments.join("/");
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
