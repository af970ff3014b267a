/** Tells what the demo does, each line with the seconds since its start. */
export type Say = (text: string) => void;

export function createSay(stream: NodeJS.WritableStream): Say {
  const start = performance.now();
  return (text) => {
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    stream.write(`${`${seconds} s`.padStart(8)}  ${text}\n`);
  };
}
