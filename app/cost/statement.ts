/** What the kit reads of what pg is asked for. */
type Statement = {
  /** Undefined for a statement that was prepared before by its name. */
  text: string | undefined;
  isNamed: boolean;
  /** Whether a pool has booked it. */
  isCounted: boolean;
  callback: unknown;
};

const counted = Symbol("counted");

/** Reads a text or a config of pg; undefined where it is neither, of which pg says itself what is wrong. */
export function readStatement(config: unknown): Statement | undefined {
  if (typeof config === "string") {
    return { text: config, isNamed: false, isCounted: false, callback: undefined };
  }
  if (typeof config !== "object" || config === null) return undefined;
  const text = "text" in config && typeof config.text === "string" ? config.text : undefined;
  return {
    text,
    isNamed: "name" in config && Boolean(config.name),
    isCounted: counted in config,
    callback: "callback" in config ? config.callback : undefined,
  };
}

/** The same text or config with another text. The caller's own is left alone: it may be sent for another route next. */
export function statementWith(config: unknown, text: string | undefined, isCounted: boolean): unknown {
  const own = { ...(text === undefined ? {} : { text }), ...(isCounted ? { [counted]: true } : {}) };
  if (typeof config !== "object" || config === null) return own;
  if (Object.getPrototypeOf(config) === Object.prototype) return { ...config, ...own };
  // One of a class, whose properties may be getters.
  const derived: unknown = Object.create(config, Object.getOwnPropertyDescriptors(own));
  return derived;
}
