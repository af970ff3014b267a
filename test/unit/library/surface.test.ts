import assert from "node:assert/strict";
import { join } from "node:path";
import { examplesOf } from "../../../tools/docs/components.ts";
import { componentsPage, surfacePage } from "../../../tools/docs/documents.ts";
import { complaints, loadLibrary, root, type Library } from "../../../tools/docs/program.ts";
import { assertWritten } from "../../support/page.ts";

describe("nary as a library", function () {
  this.timeout(60_000);
  let library: Library;

  before(() => {
    library = loadLibrary();
  });

  it("has the surface that others build on, until it is changed on purpose", async () => {
    await assertWritten(surfacePage(library), "if that is meant, npm run api");
  });

  it("is told in docs/components.md as its comments tell it", async () => {
    await assertWritten(await componentsPage(library), "npm run docs");
  });

  it("has examples that compile; one that did not would be noticed", () => {
    const examples = [...examplesOf(library)];
    const file = (name: string) => join(root, "docs", `${name}.ts`);
    const right = examples.map(([name, text]) => [file(name), text] as const);
    const wrong = examples.map(
      ([name, text]) => [file(`wrong-${name}`), text.replace(/service:|context:/, "servant:")] as const,
    );
    const found = complaints(library, new Map([...right, ...wrong])).map((text) => text.split(":")[0]);
    assert.deepEqual(
      found,
      wrong.map(([name]) => name),
    );
  });
});
