/** Replaces Node's `fs`, `url` and `module` for sentencepiece-js. The only file is the one stored here. */
export const held: { bytes: Uint8Array } = { bytes: new Uint8Array() };

/** The stored bytes, under any name. */
export function readFileSync(): Uint8Array {
  return held.bytes;
}

/** The browser's own. */
export const { URL } = globalThis;
