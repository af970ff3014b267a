/** What stands for a side's own names in a query: its service in Consul, its job in Nomad, and what it runs. */
const placeholders = ["service", "job", "release"] as const;
type Placeholder = (typeof placeholders)[number];
export type SideNames = Readonly<Record<Placeholder, string>>;

/** Comments, strings, quotes that are left over, and placeholders outside of strings. */
const tokens = /#[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`|["'`]|\$[A-Za-z_]\w*/g;
const names = /\$([A-Za-z_]\w*)/g;

const isPlaceholder = (name: string): name is Placeholder => placeholders.some((known) => known === name);
const allowed = placeholders.map((name) => `$${name}`).join(", ");

/** Why a query cannot be filled in; undefined where it can. Whether it is PromQL at all, Prometheus says. */
export function queryProblem(query: string): string | undefined {
  for (const [token] of query.matchAll(tokens)) {
    if (token.startsWith("#")) continue;
    if (token.length === 1) return `must close the string that begins with ${token}`;
    const stray = namesIn(token).find((name) => !isPlaceholder(name));
    if (stray !== undefined) return `must not have $${stray}: only ${allowed} are filled in`;
    if (namesIn(token).length > 0 && !/^["']/.test(token))
      return `must have ${allowed} inside "double" or 'single' quotes alone`;
  }
  return undefined;
}

/** Whether a query is another one for each side. */
export function hasPlaceholder(query: string): boolean {
  return [...query.matchAll(tokens)].some(([token]) => /^["']/.test(token) && namesIn(token).length > 0);
}

/**
 * The query for one side. A name is nothing but text in it: it cannot end its string, nor mean more than itself in a
 * regular expression (behind `=~` and `!~`).
 */
export function filledQuery(query: string, side: SideNames): string {
  return query.replace(tokens, (token, at: number) => {
    const [quote = ""] = token;
    if (token.length === 1 || (quote !== '"' && quote !== "'")) return token;
    const isPattern = /[=!]~\s*$/.test(query.slice(0, at));
    return token.replace(names, (found, name: string) => {
      if (!isPlaceholder(name)) return found;
      return inString(isPattern ? asPattern(side[name]) : side[name], quote);
    });
  });
}

const namesIn = (token: string): string[] => [...token.matchAll(names)].map(([, name = ""]) => name);

const asPattern = (text: string): string => text.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&");

/** PromQL's strings are those of Go, which know an escaped quote of their own kind alone. */
function inString(text: string, quote: string): string {
  return text
    .replaceAll("\\", "\\\\")
    .replaceAll(quote, `\\${quote}`)
    .replace(/\p{Cc}/gu, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
