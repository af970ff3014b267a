/** A stranger's text without what moves a cursor or turns the direction of writing. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "�");
}

/** The beginning of a stranger's text. */
export function beginning(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

/** The same in quotes, safe to print. */
export function quoted(text: string, most: number): string {
  // JSON has signs of its own for line ends and the like.
  return printable(JSON.stringify(beginning(text, most)));
}
