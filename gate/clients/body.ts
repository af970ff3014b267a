/** An answer longer than anything that an honest one could be. */
export class TooLongError extends Error {
  constructor(mostBytes: number) {
    super(`gave an answer of more than ${mostBytes} bytes`);
    this.name = "TooLongError";
  }
}

/** @throws TooLongError as soon as there is more than that, so that no stranger fills the memory */
export async function textOf(body: AsyncIterable<unknown>, mostBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > mostBytes) throw new TooLongError(mostBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
