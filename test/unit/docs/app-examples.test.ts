import assert from "node:assert/strict";
import { join } from "node:path";
import ts from "typescript";
import { blocksOf, docs, root } from "./blocks.ts";

/** What a service has anyway, and the page does not declare. A block's own declaration goes before it. */
const service = `
declare const app: import("express").Express;
declare const kit: import("@nary/app").Kit;
declare const logger: import("winston").Logger;
declare const server: import("node:http").Server;
declare const pool: import("pg").Pool;
declare const classes: import("express").Router;
declare const classId: string;
declare const error: unknown;
declare const queue: { close(): Promise<void> };
declare const collection: { find(): Promise<object[]> };
declare function readClass(): Promise<string>;
declare function sendMails(): Promise<void>;
`;

/** As strict as a user's may be, against the sources under the names that a user imports. */
const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2024,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  types: ["node"],
  paths: { "@nary/app": [join(root, "app/index.ts")], "@nary/app/*": [join(root, "app/*.ts")] },
  allowImportingTsExtensions: true,
  noEmit: true,
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  verbatimModuleSyntax: true,
  skipLibCheck: true,
};

/** What the compiler has against programs of a user, by their names. */
function complaints(programs: ReadonlyMap<string, string>): string[] {
  const files = new Map(
    [...programs, ["service.d.ts", service] as const].map(([name, text]) => [join(docs, name), text]),
  );
  const host = ts.createCompilerHost(options);
  host.readFile = (file) => files.get(file) ?? ts.sys.readFile(file);
  host.fileExists = (file) => files.has(file) || ts.sys.fileExists(file);
  const program = ts.createProgram([...files.keys()], options, host);
  return [...programs.keys()].flatMap((name) => {
    const source = program.getSourceFile(join(docs, name));
    assert.ok(source, `${name} is missing`);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map(({ messageText }) => `${name}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`);
  });
}

describe("the examples of the kit", function () {
  this.timeout(60_000);

  it("compile as docs/app.md has them; one that did not would be noticed", async () => {
    const blocks = await blocksOf("app.md");
    assert.ok(blocks.length > 8);
    const named = blocks.map(({ line, code }) => [`app.md:${line}.ts`, `${code}\nexport {};\n`] as const);
    const wrong = 'import { createKit } from "@nary/app";\ncreateKit({ loger: logger });\n';
    const [noticed, ...others] = complaints(new Map([["wrong.ts", wrong], ...named]));
    assert.match(noticed ?? "", /^wrong\.ts: .*'loger' does not exist/);
    assert.deepEqual(others, []);
  });

  it("have the one mistake of docs/typescript.md that is told there", async () => {
    const [example, ...others] = (await blocksOf("typescript.md")).filter(({ code }) =>
      code.includes("@nary/app"),
    );
    assert.ok(example !== undefined && others.length === 0);
    assert.deepEqual(complaints(new Map([["typescript.md.ts", example.code]])), [
      "typescript.md.ts: Function lacks ending return statement and return type does not include 'undefined'.",
    ]);
  });
});
