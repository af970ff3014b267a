import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { renderComponents } from "./components.ts";
import { renderEvents, renderEventsSchema } from "./events.ts";
import { root, type Library } from "./program.ts";
import { renderSurface } from "./surface.ts";

export type Page = { path: string; text: string };

const under = (...parts: string[]) => join(root, "docs", ...parts);

/** docs/components.md, as it has to be. */
export async function componentsPage(library: Library): Promise<Page> {
  return page(under("components.md"), renderComponents(library));
}

/** The surface of the package, as it has to be. */
export function surfacePage(library: Library): Page {
  return { path: under("api", "surface.txt"), text: renderSurface(library) };
}

/** docs/api/README.md, as it has to be. */
export async function apiPage(): Promise<Page> {
  // It takes a second to load, for which whoever wants another page need not wait.
  const { renderApi } = await import("./api.ts");
  return page(under("api", "README.md"), await renderApi());
}

/** docs/events.md and docs/events.schema.json, as they have to be. */
export async function eventsPages(): Promise<Page[]> {
  return [
    await page(under("events.md"), renderEvents()),
    await page(under("events.schema.json"), JSON.stringify(renderEventsSchema())),
  ];
}

async function page(path: string, text: string): Promise<Page> {
  const options = await resolveConfig(path);
  return { path, text: await format(text, { ...options, filepath: path }) };
}

export async function write({ path, text }: Page): Promise<void> {
  await writeFile(path, text);
}
