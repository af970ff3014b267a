import ts from "typescript";
import { declarationOf, declared, type Library } from "./program.ts";

/**
 * Every exported name with its signature, and every type of ours that these are made of, without comments: what a user's
 * program can depend on.
 */
export function renderSurface({ checker, exported }: Library): string {
  const found = new Set(exported);
  const printed = [...found].map((symbol) => [symbol.name, print(symbol, true)] as const);
  const inner: (readonly [string, string])[] = [];
  // The set grows while it is walked, by the types that each one is made of.
  for (const symbol of found) {
    if (!exported.includes(symbol)) inner.push([symbol.name, print(symbol, false)]);
    for (const used of typesUsed(checker, symbol)) found.add(used);
  }
  const sorted = (all: (readonly [string, string])[]) =>
    all.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
  return [...sorted(printed), "// Not exported, but part of what is.", ...sorted(inner)].join("\n\n") + "\n";

  function print(symbol: ts.Symbol, isExported: boolean): string {
    const node = declarationOf(symbol);
    if (node === undefined) throw new Error(`${symbol.name} has no declaration that can be shown.`);
    return (isExported ? "export " : "") + printDeclaration(checker, node);
  }
}

const printer = ts.createPrinter({ removeComments: true });

function printDeclaration(checker: ts.TypeChecker, node: ts.Declaration): string {
  if (ts.isTypeAliasDeclaration(node) && isComputed(node)) {
    return `type ${node.name.text} = ${computedText(checker, node)};`;
  }
  const [signature] = ts.transform(node, [withoutBodies]).transformed;
  if (signature === undefined) throw new Error("A transformation has lost its node.");
  return printer.printNode(ts.EmitHint.Unspecified, signature, node.getSourceFile()).replace(/^export /, "");
}

export function computedText(checker: ts.TypeChecker, node: ts.TypeAliasDeclaration): string {
  return checker.typeToString(checker.getTypeAtLocation(node), node, ts.TypeFormatFlags.InTypeAlias);
}

/** Whether a type is made from a value, such as the words of a list: its text tells nothing of what it is. */
export function isComputed(node: ts.TypeAliasDeclaration): boolean {
  const looksAtValue = (inner: ts.Node): boolean =>
    ts.isTypeQueryNode(inner) || (ts.forEachChild(inner, looksAtValue) ?? false);
  return looksAtValue(node.type);
}

const withoutBodies: ts.TransformerFactory<ts.Declaration> = () => (node) => {
  const { factory } = ts;
  if (ts.isFunctionDeclaration(node)) {
    const { modifiers, asteriskToken, name, typeParameters, parameters, type } = node;
    return factory.updateFunctionDeclaration(
      node,
      modifiers,
      asteriskToken,
      name,
      typeParameters,
      parameters,
      type,
      undefined,
    );
  }
  if (!ts.isClassDeclaration(node)) return node;
  const members = node.members.filter(isPublic).map((member) => {
    if (ts.isConstructorDeclaration(member))
      return factory.updateConstructorDeclaration(member, member.modifiers, member.parameters, undefined);
    if (ts.isMethodDeclaration(member))
      return factory.updateMethodDeclaration(
        member,
        member.modifiers,
        member.asteriskToken,
        member.name,
        member.questionToken,
        member.typeParameters,
        member.parameters,
        member.type,
        undefined,
      );
    return member;
  });
  return factory.updateClassDeclaration(
    node,
    node.modifiers,
    node.name,
    node.typeParameters,
    node.heritageClauses,
    members,
  );
};

function isPublic(member: ts.ClassElement): boolean {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  const isHashed = member.name !== undefined && ts.isPrivateIdentifier(member.name);
  return !isHashed && !(ts.getCombinedModifierFlags(member) & hidden);
}

/** Types of this repository that a declaration names in its signature. */
export function typesUsed(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol[] {
  const node = declarationOf(symbol);
  if (node === undefined || (ts.isTypeAliasDeclaration(node) && isComputed(node))) return [];
  const used: ts.Symbol[] = [];
  const visit = (inner: ts.Node): void => {
    if (ts.isBlock(inner)) return;
    const name = ts.isTypeReferenceNode(inner)
      ? inner.typeName
      : ts.isExpressionWithTypeArguments(inner)
        ? inner.expression
        : undefined;
    const found = name && checker.getSymbolAtLocation(name);
    const meant = found && declared(checker, found);
    if (meant !== undefined && declarationOf(meant) !== undefined) used.push(meant);
    ts.forEachChild(inner, visit);
  };
  visit(node);
  return used;
}
