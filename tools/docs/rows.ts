import ts from "typescript";

/** An argument: its name with a dot for each object that it is in, its type, its default and what it means. */
export type Row = { name: string; type: string; fallback: string; meaning: string };

/** The members of an object type, each followed by the members of the objects that are written in place. */
export function rowsOf(checker: ts.TypeChecker, members: readonly ts.TypeElement[], prefix = ""): Row[] {
  return members.filter(ts.isPropertySignature).flatMap((member) => {
    const name = prefix + member.name.getText();
    const { type } = member;
    if (type === undefined) throw new Error(`${name} has no type.`);
    const { meaning, fallback } = documentation(checker, member);
    const isOptional = member.questionToken !== undefined;
    const row = { name, type: typeText(type), fallback: isOptional ? fallback : "required", meaning };
    const place = ts.isArrayTypeNode(withoutUndefined(type)) ? `${name}[].` : `${name}.`;
    return [row, ...variantRows(checker, literalsIn(type), place)];
  });
}

/** The members of all variants of a type, each told once; what is not the same for all variants says for which it is. */
export function variantRows(
  checker: ts.TypeChecker,
  variants: readonly ts.TypeLiteralNode[],
  prefix = "",
): Row[] {
  const told = variants.flatMap((variant) =>
    rowsOf(checker, variant.members, prefix).map((row) => ({ row, label: label(variant) })),
  );
  return [...Map.groupBy(told, ({ row }) => row.name)].map(([name, group]) => {
    const all = (field: "fallback" | "meaning") =>
      together(group.map(({ row, label }) => [row[field], label]));
    const types = group.flatMap(({ row }) => row.type.split(" | "));
    const isEverywhere = group.length === variants.length;
    const only = isEverywhere ? "" : ` Only with ${group.map(({ label }) => code(label)).join(" or ")}.`;
    const meaning = (all("meaning") + only).trim();
    return { name, type: [...new Set(types)].join(" | "), fallback: all("fallback"), meaning };
  });
}

/** One text where all say the same, else each with the variants that say it. */
function together(texts: readonly (readonly [text: string, label: string])[]): string {
  const groups = [...Map.groupBy(texts, ([text]) => text)];
  if (groups.length === 1) return groups[0]?.[0] ?? "";
  return groups
    .filter(([text]) => text !== "")
    .map(([text, of]) => `${of.map(([, label]) => code(label)).join(", ")}: ${text}`)
    .join(" ");
}

export const code = (text: string) => `\`${text}\``;

/** Objects written in place in a type. */
export function literalsIn(type: ts.TypeNode): ts.TypeLiteralNode[] {
  if (ts.isTypeLiteralNode(type)) return [type];
  if (ts.isUnionTypeNode(type) || ts.isIntersectionTypeNode(type)) return type.types.flatMap(literalsIn);
  if (ts.isParenthesizedTypeNode(type)) return literalsIn(type.type);
  return ts.isArrayTypeNode(type) ? literalsIn(type.elementType) : [];
}

/** A type as it is written, with the objects written in place shortened to what tells them apart. */
function typeText(type: ts.TypeNode): string {
  if (ts.isTypeLiteralNode(type)) {
    const text = label(type);
    if (text === "") return "object";
    return text.split("; ").length < type.members.length ? `{ ${text}; … }` : `{ ${text} }`;
  }
  if (ts.isUnionTypeNode(type)) return type.types.filter(isDefined).map(typeText).join(" | ");
  if (ts.isIntersectionTypeNode(type)) return type.types.map(typeText).join(" & ");
  if (ts.isParenthesizedTypeNode(type)) return typeText(type.type);
  if (ts.isArrayTypeNode(type)) return `${typeText(type.elementType)}[]`;
  return type.getText().replaceAll(/\s+/g, " ");
}

/** By what the variants of an object are told apart: members whose types are words, else what it must have first. */
function label({ members }: ts.TypeLiteralNode): string {
  const words = (type: ts.TypeNode): boolean =>
    ts.isLiteralTypeNode(type) || (ts.isUnionTypeNode(type) && type.types.every(words));
  const required = members.filter(ts.isPropertySignature).filter(({ questionToken }) => !questionToken);
  const telling = required.filter(({ type }) => type !== undefined && words(type));
  const shown = telling.length > 0 ? telling : required.slice(0, 1);
  return shown.map((member) => member.getText().replace(/;$/, "")).join("; ");
}

const isDefined = (type: ts.TypeNode) => type.kind !== ts.SyntaxKind.UndefinedKeyword;

function withoutUndefined(type: ts.TypeNode): ts.TypeNode {
  const [only, ...others] = ts.isUnionTypeNode(type) ? type.types.filter(isDefined) : [type];
  return only !== undefined && others.length === 0 ? only : type;
}

function documentation(checker: ts.TypeChecker, member: ts.PropertySignature) {
  const text = sentence(commentOf(checker, checker.getSymbolAtLocation(member.name)));
  const fallback = /(?:^|\s)Default: (.*)\.$/.exec(text);
  return {
    meaning: fallback === null ? text : text.slice(0, fallback.index),
    fallback: fallback?.[1] ?? "none",
  };
}

/** The text of a doc comment, before its tags. */
export function commentOf(checker: ts.TypeChecker, symbol: ts.Symbol | undefined): string {
  return ts.displayPartsToString(symbol?.getDocumentationComment(checker) ?? []);
}

export const sentence = (text: string) => text.replaceAll(/\s+/g, " ").trim();
