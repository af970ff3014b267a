import type { WriteStream } from "node:tty";

/** Writes a text over the one before; each line is cut where the terminal ends. */
export function redrawn(screen: Pick<WriteStream, "write" | "columns">): (text: string) => void {
  let lines = 0;
  return (text) => {
    const cut = text
      .trimEnd()
      .split("\n")
      .map((line) => `${line.slice(0, screen.columns)}\n`);
    const back = lines === 0 ? "" : `\u001b[${lines}A\u001b[J`;
    screen.write(back + cut.join(""));
    lines = cut.length;
  };
}
