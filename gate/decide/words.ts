/** Such as 1e-4. */
export function rate(value: number): string {
  return value.toExponential(1).replace(".0e", "e");
}

/** Rounded down, so that no more is claimed than was proved. */
export function percent(confidence: number): string {
  return `${Math.floor(confidence * 100_000) / 1000} %`;
}

/** Such as "1 error" or "2 errors". */
export function many(number: number, one: string, more = `${one}s`): string {
  return `${number} ${number === 1 ? one : more}`;
}
