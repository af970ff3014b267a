import { apiPage, componentsPage, eventsPages, surfacePage, write } from "./docs/documents.ts";
import { loadLibrary } from "./docs/program.ts";
import { runEntryPoint } from "./entry-point.ts";

const usageExit = 2;

/** Writes the pages that are made from comments, or the surface that is compared with what it was. */
await runEntryPoint(async () => {
  const [what] = process.argv.slice(2);
  switch (what) {
    case "pages":
      await write(await componentsPage(loadLibrary()));
      for (const one of await eventsPages()) await write(one);
      await write(await apiPage());
      return 0;
    case "surface":
      await write(surfacePage(loadLibrary()));
      return 0;
    case undefined:
    default:
      process.stderr.write("tools: docs.ts writes pages or surface: npm run docs, npm run api\n");
      return usageExit;
  }
});
