/** What the kit reads of what pg is asked for. */
type Statement = {
  /** Undefined for a statement that was prepared before by its name. */
  text: string | undefined;
  isNamed: boolean;
  callback: unknown;
};

/** Reads a text or a config of pg; undefined where it is neither, of which pg says itself what is wrong. */
export function readStatement(config: unknown): Statement | undefined {
  if (typeof config === "string") {
    return { text: config, isNamed: false, callback: undefined };
  }
  if (typeof config !== "object" || config === null) return undefined;
  const text = "text" in config && typeof config.text === "string" ? config.text : undefined;
  return {
    text,
    isNamed: "name" in config && Boolean(config.name),
    callback: "callback" in config ? config.callback : undefined,
  };
}

/** The same text or config with another text. The caller's own is left alone: it may be sent for another route next. */
export function statementWith(config: unknown, text: string): unknown {
  if (typeof config !== "object" || config === null) return text;
  if (Object.getPrototypeOf(config) === Object.prototype) return { ...config, text };
  // One of a class, whose properties may be getters.
  const derived: unknown = Object.create(config, { text: { value: text, enumerable: true } });
  return derived;
}
