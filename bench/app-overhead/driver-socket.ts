import { AsyncLocalStorage } from "node:async_hooks";
import { Duplex } from "node:stream";

/** Whoever answers from the other end of a wire does not run in the request that asked. */
const outside = AsyncLocalStorage.snapshot();

const rows = 3;

/** A message of PostgreSQL's protocol, https://www.postgresql.org/docs/current/protocol-message-formats.html. */
function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, 0, "latin1");
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

const int = (bytes: number, value: number) => {
  const buffer = Buffer.alloc(bytes);
  buffer.writeIntBE(value, 0, bytes);
  return buffer;
};

const ready = message("Z", Buffer.from("I"));
const welcome = Buffer.concat([message("R", int(4, 0)), ready]);
const description = message(
  "T",
  Buffer.concat([
    int(2, 1),
    Buffer.from("name\0"),
    int(4, 0),
    int(2, 0),
    int(4, 25),
    int(2, -1),
    int(4, -1),
    int(2, 0),
  ]),
);
const row = message("D", Buffer.concat([int(2, 1), int(4, 3), Buffer.from("ada")]));
const result = Buffer.concat([
  description,
  ...Array.from({ length: rows }, () => row),
  message("C", Buffer.from(`SELECT ${rows}\0`)),
  ready,
]);

/** Stands in for a socket to PostgreSQL that answers every query with the same rows, in this process. */
export class DriverSocket extends Duplex {
  #welcomed = false;

  connect(): this {
    outside(() => setImmediate(() => this.emit("connect")));
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  override _read(): void {
    // Answers are pushed when they come.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    const answer = this.#welcomed ? (chunk[0] === 0x51 ? result : undefined) : welcome;
    this.#welcomed = true;
    if (answer !== undefined) outside(() => setImmediate(() => this.push(answer)));
    done();
  }
}
