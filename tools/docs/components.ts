import ts from "typescript";
import { declarationOf, declared, type Library } from "./program.ts";
import { code, commentOf, literalsIn, rowsOf, sentence, variantRows, type Row } from "./rows.ts";
import { computedText, isComputed, typesUsed } from "./surface.ts";

type Component = {
  symbol: ts.Symbol;
  node: ts.ClassDeclaration;
  args: ts.Symbol;
};
type Called = { symbol: ts.Symbol; node: ts.FunctionDeclaration; args: ts.Symbol };

/** The page of all exported components, from what is written at each class and at each argument. */
export function renderComponents(library: Library): string {
  const { checker } = library;
  const components = componentsOf(library);
  const sections = components.map((component) => renderComponent(checker, component));
  const functions = functionsOf(library);
  const types = typesOf(library, [...components, ...functions]).map((symbol) => renderType(checker, symbol));
  return [
    "# Components",
    "<!-- Written by `npm run docs` from the comments in components/. -->",
    packageComment(library),
    ...sections,
    ...functions.map((each) => renderFunction(checker, each)),
    "## Types of arguments",
    ...types,
  ].join("\n\n");
}

/** The examples of all components and functions, each a program of its own. */
export function examplesOf(library: Library): Map<string, string> {
  return new Map(
    [...componentsOf(library), ...functionsOf(library)].map(({ symbol }) => [
      symbol.name,
      tagOf(library.checker, symbol, "example"),
    ]),
  );
}

function componentsOf({ checker, exported }: Library): Component[] {
  return exported.flatMap((symbol) => {
    const node = declarationOf(symbol);
    if (node === undefined || !ts.isClassDeclaration(node)) return [];
    const args = node.members.find(ts.isConstructorDeclaration)?.parameters[1]?.type;
    // Where there is more than one way to give arguments, the first is the component's own; the others have a section.
    const first = args && ts.isUnionTypeNode(args) ? args.types[0] : args;
    return [{ symbol, node, args: argsOf(checker, symbol, first) }];
  });
}

function functionsOf({ checker, exported }: Library): Called[] {
  return exported.flatMap((symbol) => {
    const node = declarationOf(symbol);
    if (node === undefined || !ts.isFunctionDeclaration(node)) return [];
    return [{ symbol, node, args: argsOf(checker, symbol, node.parameters[0]?.type) }];
  });
}

function argsOf(checker: ts.TypeChecker, symbol: ts.Symbol, type: ts.TypeNode | undefined): ts.Symbol {
  const name = type && ts.isTypeReferenceNode(type) ? type.typeName : undefined;
  const found = name && checker.getSymbolAtLocation(name);
  if (found === undefined) throw new Error(`${symbol.name} has no arguments with a name of their own.`);
  return declared(checker, found);
}

function packageComment({ exported, program }: Library): string {
  const entry = program.getSourceFiles().find(({ fileName }) => fileName.endsWith("/components/index.ts"));
  const first = entry?.statements[0];
  const [comment] = first ? ts.getJSDocCommentsAndTags(first) : [];
  if (exported.length === 0 || comment === undefined) throw new Error("The public entry says nothing.");
  return ts.getTextOfJSDocComment(comment.comment) ?? "";
}

function renderComponent(checker: ts.TypeChecker, { symbol, node, args }: Component): string {
  return [
    `## ${symbol.name}`,
    commentOf(checker, symbol),
    `\`\`\`ts\n${tagOf(checker, symbol, "example")}\n\`\`\``,
    `**Creates:** ${tagOf(checker, symbol, "creates")}`,
    `**\`pulumi destroy\`:** ${tagOf(checker, symbol, "destroy")}`,
    table("argument", requiredFirst(membersOf(checker, args))),
    outputs(checker, node),
  ].join("\n\n");
}

function renderFunction(checker: ts.TypeChecker, { symbol, node, args }: Called): string {
  return [
    `## ${symbol.name}`,
    commentOf(checker, symbol),
    `\`\`\`ts\n${tagOf(checker, symbol, "example")}\n\`\`\``,
    `**Returns:** ${code(node.type?.getText() ?? "")}`,
    table("argument", requiredFirst(membersOf(checker, args))),
  ].join("\n\n");
}

/** Arguments of an interface and of those that it extends. */
function membersOf(checker: ts.TypeChecker, symbol: ts.Symbol): Row[] {
  const node = declarationOf(symbol);
  if (node === undefined || !ts.isInterfaceDeclaration(node)) return [];
  const bases = (node.heritageClauses ?? []).flatMap(({ types }) =>
    types.flatMap(({ expression }) => {
      const base = checker.getSymbolAtLocation(expression);
      return base === undefined ? [] : membersOf(checker, declared(checker, base));
    }),
  );
  return [...bases, ...rowsOf(checker, node.members)];
}

/** Each argument stays together with those inside it. */
function requiredFirst(rows: readonly Row[]): Row[] {
  const outermost = ({ name }: Row) => name.replace(/[.[].*/, "");
  const required = new Set(
    rows.filter(({ name, fallback }) => fallback === "required" && !/[.[]/.test(name)).map(outermost),
  );
  const isRequired = (row: Row) => required.has(outermost(row));
  return [...rows.filter(isRequired), ...rows.filter((row) => !isRequired(row))];
}

function outputs(checker: ts.TypeChecker, node: ts.ClassDeclaration): string {
  const rows = node.members.filter(ts.isPropertyDeclaration).map((member) => {
    const meaning = sentence(commentOf(checker, checker.getSymbolAtLocation(member.name)));
    return [member.name.getText(), member.type?.getText() ?? "", meaning] as const;
  });
  return grid(
    ["output", "type", "meaning"],
    rows.map(([name, type, meaning]) => [code(name), code(type), meaning]),
  );
}

/** Exported types that arguments are made of, in the order in which they are met. */
function typesOf({ checker, exported }: Library, components: readonly (Component | Called)[]): ts.Symbol[] {
  const isBase = (symbol: ts.Symbol) =>
    components.some(({ args }) => args === symbol || basesOf(checker, args).has(symbol));
  const found = new Set(components.map(({ args }) => args));
  for (const symbol of found)
    for (const used of typesUsed(checker, symbol)) if (exported.includes(used)) found.add(used);
  return [...found].filter((symbol) => !isBase(symbol));
}

function basesOf(checker: ts.TypeChecker, symbol: ts.Symbol): Set<ts.Symbol> {
  const node = declarationOf(symbol);
  const clauses = node && ts.isInterfaceDeclaration(node) ? (node.heritageClauses ?? []) : [];
  const direct = clauses
    .flatMap(({ types }) => types)
    .flatMap(({ expression }) => checker.getSymbolAtLocation(expression) ?? [])
    .map((base) => declared(checker, base));
  return new Set([...direct, ...direct.flatMap((base) => [...basesOf(checker, base)])]);
}

function renderType(checker: ts.TypeChecker, symbol: ts.Symbol): string {
  const node = declarationOf(symbol);
  const head = `### ${symbol.name}\n\n${commentOf(checker, symbol)}`;
  if (node === undefined) throw new Error(`${symbol.name} has no declaration.`);
  if (!ts.isTypeAliasDeclaration(node)) return `${head}\n\n${table("field", membersOf(checker, symbol))}`;
  const variants = literalsIn(node.type);
  if (variants.length > 0) return `${head}\n\n${table("field", variantRows(checker, variants))}`;
  const text = isComputed(node) ? computedText(checker, node) : node.type.getText();
  return `${head}\n\n\`\`\`ts\ntype ${symbol.name} = ${text};\n\`\`\``;
}

function table(first: string, rows: readonly Row[]): string {
  return grid(
    [first, "type", "default", "meaning"],
    rows.map(({ name, type, fallback, meaning }) => [code(name), code(type), fallback, meaning]),
  );
}

function grid(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function tagOf(checker: ts.TypeChecker, symbol: ts.Symbol, name: string): string {
  const tag = symbol.getJsDocTags(checker).find((one) => one.name === name);
  if (tag === undefined) throw new Error(`The comment of ${symbol.name} has no @${name}.`);
  return ts.displayPartsToString(tag.text).trim();
}
