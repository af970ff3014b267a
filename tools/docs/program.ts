import { join } from "node:path";
import ts from "typescript";

export const root = join(import.meta.dirname, "..", "..");
const entry = join(root, "components", "index.ts");

/** The public entry and all that it stands on, as the compiler sees it. */
export type Library = { program: ts.Program; checker: ts.TypeChecker; exported: readonly ts.Symbol[] };

const host = {
  ...ts.sys,
  onUnRecoverableConfigFileDiagnostic: (diagnostic: ts.Diagnostic) => {
    throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n"));
  },
};

function optionsOf(): ts.CompilerOptions {
  const config = ts.getParsedCommandLineOfConfigFile(join(root, "tsconfig.build.json"), {}, host);
  if (config === undefined) throw new Error("tsconfig.build.json cannot be read.");
  // Under the name that a user imports, whether it is built or not.
  return { ...config.options, noEmit: true, paths: { nary: [entry] } };
}

export function loadLibrary(): Library {
  const program = ts.createProgram([entry], optionsOf());
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(entry);
  const symbol = source && checker.getSymbolAtLocation(source);
  if (symbol === undefined) throw new Error(`${entry} exports nothing.`);
  const exported = checker.getExportsOfModule(symbol).map((one) => declared(checker, one));
  return { program, checker, exported };
}

/** What a name stands for, also when it came by an import or an export of another file. */
export function declared(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** The declaration of a type, class or function in this repository; undefined for all that comes from elsewhere. */
export function declarationOf(symbol: ts.Symbol) {
  return symbol.declarations?.find(
    (node) =>
      (ts.isClassDeclaration(node) ||
        ts.isInterfaceDeclaration(node) ||
        ts.isTypeAliasDeclaration(node) ||
        ts.isFunctionDeclaration(node)) &&
      !node.getSourceFile().fileName.includes("/node_modules/"),
  );
}

/** What the compiler has against programs of a user, given by file name. */
export function complaints({ program }: Library, programs: ReadonlyMap<string, string>): string[] {
  const options = { ...program.getCompilerOptions(), noUnusedLocals: false };
  const files = ts.createCompilerHost(options);
  files.readFile = (name) => programs.get(name) ?? ts.sys.readFile(name);
  files.fileExists = (name) => programs.has(name) || ts.sys.fileExists(name);
  const all = ts.createProgram([...programs.keys()], options, files, program);
  return [...programs.keys()].flatMap((name) => {
    const source = all.getSourceFile(name);
    if (source === undefined) return [`${name} is missing`];
    return [...all.getSyntacticDiagnostics(source), ...all.getSemanticDiagnostics(source)].map(
      ({ messageText }) => `${name}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
    );
  });
}
