/** Loaded before a program: its clock jumps by hours to and fro, as where somebody sets it; only what counts time is true. */
const TrueDate = Date;
const hours = [0, 7, -3, 30, -26] as const;
const everyMs = 300;

const now = () => {
  const jump = hours[Math.floor(performance.now() / everyMs) % hours.length] ?? 0;
  return TrueDate.now() + jump * 3_600_000;
};

class JumpingDate extends TrueDate {
  constructor(...given: readonly [] | readonly [Date | number | string]) {
    super(given.length === 0 ? now() : given[0]);
  }

  static override now() {
    return now();
  }
}

Object.assign(globalThis, { Date: JumpingDate });
