/** What is kept by a text, at least for the newest of them. */
export type BoundedCache<Value> = {
  get: (text: string) => Value | undefined;
  set: (text: string, value: Value) => void;
};

/**
 * A cache that forgets what was not asked for lately. It keeps two generations, so that a hit moves nothing: when the
 * young one is full it becomes the old one, and what the old one still had is forgotten.
 *
 * @param size - entries of a generation
 */
export function boundedCache<Value>(size: number): BoundedCache<Value> {
  let young = new Map<string, Value>();
  let old = new Map<string, Value>();
  const set = (text: string, value: Value) => {
    if (young.size >= size) {
      old = young;
      young = new Map();
    }
    young.set(text, value);
  };
  const get = (text: string) => {
    const found = young.get(text);
    if (found !== undefined) return found;
    const older = old.get(text);
    if (older !== undefined) set(text, older);
    return older;
  };
  return { get, set };
}
